/// What an operator wants to know of the process at 3 a.m.
public enum ServerStatus: Method {
    public static let name = "rekey.v1.Operator/ServerStatus"
    public static let repeatability = Repeatability.freely

    public typealias Request = Nothing

    public struct Reply: Hashable, Sendable {
        public var startedAt: Timestamp
        /// Service time, which never runs back.
        public var now: Timestamp
        public var accounts: Int
        public var lettersWaiting: Int
        /// The newest batch of the log that is on disk.
        public var durableSequence: UInt64
        /// What a start would have to replay.
        public var logBytesSinceCheckpoint: Int
        public var connections: Int
        /// Only what takes access away is written.
        public var isDiskFull: Bool
        /// How far the wall clock is ahead of service time, if that is more than is believed; else 0.
        public var clockAhead: Duration
        /// When the server's certificate ends; nil without TLS.
        public var certificateValidUntil: Timestamp?
        /// Since the start: connections that were closed before their caller was known.
        public var handshakesFailed: UInt64

        public init(
            startedAt: Timestamp, now: Timestamp, accounts: Int, lettersWaiting: Int,
            durableSequence: UInt64, logBytesSinceCheckpoint: Int, connections: Int,
            isDiskFull: Bool, clockAhead: Duration, certificateValidUntil: Timestamp?,
            handshakesFailed: UInt64
        ) {
            self.startedAt = startedAt
            self.now = now
            self.accounts = accounts
            self.lettersWaiting = lettersWaiting
            self.durableSequence = durableSequence
            self.logBytesSinceCheckpoint = logBytesSinceCheckpoint
            self.connections = connections
            self.isDiskFull = isDiskFull
            self.clockAhead = clockAhead
            self.certificateValidUntil = certificateValidUntil
            self.handshakesFailed = handshakesFailed
        }
    }
}
