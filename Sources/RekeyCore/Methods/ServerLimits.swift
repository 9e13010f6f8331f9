/// The numbers that a server keeps to on its connections. Lengths are bytes.
public struct ServerLimits: Hashable, Sendable {
    public var requestFrameBytesMax: Int
    public var responseFrameBytesMax: Int
    /// In flight on one connection.
    public var callsMax: Int
    public var deadlineDefault: Duration
    public var deadlineMax: Duration
    public var helloWithin: Duration
    public var frameWithin: Duration
    public var idle: Duration
    public var pingAfter: Duration
    public var pongWithin: Duration
    public var drain: Duration
    public var idempotencyKeyBytesMax: Int
    /// Of one caller.
    public var idempotencyKeysMax: Int
    public var idempotencyLife: Duration

    public init(
        requestFrameBytesMax: Int, responseFrameBytesMax: Int, callsMax: Int,
        deadlineDefault: Duration, deadlineMax: Duration, helloWithin: Duration,
        frameWithin: Duration, idle: Duration, pingAfter: Duration, pongWithin: Duration,
        drain: Duration, idempotencyKeyBytesMax: Int, idempotencyKeysMax: Int,
        idempotencyLife: Duration
    ) {
        self.requestFrameBytesMax = requestFrameBytesMax
        self.responseFrameBytesMax = responseFrameBytesMax
        self.callsMax = callsMax
        self.deadlineDefault = deadlineDefault
        self.deadlineMax = deadlineMax
        self.helloWithin = helloWithin
        self.frameWithin = frameWithin
        self.idle = idle
        self.pingAfter = pingAfter
        self.pongWithin = pongWithin
        self.drain = drain
        self.idempotencyKeyBytesMax = idempotencyKeyBytesMax
        self.idempotencyKeysMax = idempotencyKeysMax
        self.idempotencyLife = idempotencyLife
    }
}
