/// What protocol version 1 allows on a connection. PROTOCOL.md states the same numbers.
public enum WireLimits {
    /// The versions of the protocol that this code speaks.
    public static let version: UInt32 = 1
    /// Bytes behind the length of a frame that a server reads.
    public static let requestFrameBytesMax = 64 * 1024
    /// Bytes behind the length of a frame that a client reads.
    public static let responseFrameBytesMax = 1024 * 1024
    public static let callsInFlightMax = 100
    public static let deadlineDefault: Duration = .seconds(10)
    public static let deadlineMax: Duration = .seconds(30)
    public static let helloWithin: Duration = .seconds(5)
    public static let frameWithin: Duration = .seconds(10)
    public static let idleMax: Duration = .seconds(300)
    /// Without a byte, before a side pings the other …
    public static let pingAfter: Duration = .seconds(30)
    /// … and then, before it takes it for dead.
    public static let pongWithin: Duration = .seconds(15)
    /// Without the other side reading what it is sent.
    public static let stuckMax: Duration = .seconds(60)
    /// From a server's first GoAway to its second, at most.
    public static let announcedFor: Duration = .seconds(1)
    public static let idempotencyKeyBytesMax = 64
    public static let traceContextBytesMax = 128
    /// Frames that ask for no call: so many at once, and so many more a second.
    public static let floodMax = 100.0
    public static let floodPerSecond = 10.0
    /// From a server's end of a connection to its close, if the client does not close before.
    public static let lingerMax: Duration = .seconds(1)
    public static let drainMax: Duration = .seconds(10)
}
