public import RekeyWire

/// Why a call has no reply.
public struct ClientError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Kind: Hashable, Sendable {
        /// The address is not one that this client may speak to. Nothing was sent.
        case addressInvalid
        /// The client's own certificate, key or profile cannot be used. Nothing was sent.
        case profileInvalid
        /// Whoever answers does not prove to be the server. Nothing was called.
        case serverUntrusted
        /// The server does not take this caller, or not with this certificate. Nothing was called.
        case callerRefused
        /// No connection in the call's time, or none in a version that both sides speak, or the
        /// client is closed. Nothing was called.
        case cannotConnect
        /// The connection ended before the reply. Unless the outcome is unknown the call was not
        /// processed, and may be repeated on another connection.
        case connectionLost(outcomeUnknown: Bool)
        /// The server's own answer: it says why.
        case refused(Failure)
        /// No reply within the call's time. The server may have done it all the same.
        case timedOut
        /// The task was cancelled. The server may have done it all the same, if it was sent.
        case cancelled(outcomeUnknown: Bool)
        /// The request is longer than the server reads. Nothing was sent.
        case requestTooLong
        /// The call was done, but its reply cannot be read.
        case replyInvalid
    }

    public var kind: Kind
    /// A sentence that says what happened and what to do.
    public var message: String

    public init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    public var description: String { message }
}

extension ClientError {
    static func addressInvalid(_ message: String) -> ClientError {
        ClientError(.addressInvalid, message)
    }

    static func profileInvalid(_ message: String) -> ClientError {
        ClientError(.profileInvalid, message)
    }

    static func refused(_ failure: Failure) -> ClientError {
        ClientError(.refused(failure), failure.message)
    }

    /// - Parameter why: what happened to the connection.
    static func lost(outcomeUnknown: Bool, _ why: String) -> ClientError {
        ClientError(
            .connectionLost(outcomeUnknown: outcomeUnknown),
            outcomeUnknown
                ? "\(why) before the reply: whether the call was done is not known; look before "
                    + "you repeat it"
                : "\(why); the call was not processed and can be repeated")
    }

    static func timedOut(after time: Duration) -> ClientError {
        ClientError(
            .timedOut,
            "no reply within \(time.formatted): whether the call was done is not known; look "
                + "before you repeat it")
    }

    static func cancelled(outcomeUnknown: Bool) -> ClientError {
        ClientError(
            .cancelled(outcomeUnknown: outcomeUnknown),
            outcomeUnknown
                ? "cancelled while the server had the call: whether it was done is not known"
                : "cancelled before the call was sent")
    }
}

extension ClientError.Kind {
    /// Trying again does not help: somebody has to act.
    var isFinal: Bool {
        switch self {
        case .profileInvalid, .serverUntrusted, .callerRefused: true
        default: false
        }
    }
}

extension Duration {
    /// "10 s", "0.25 s".
    fileprivate var formatted: String {
        let (seconds, attoseconds) = components
        guard attoseconds != 0 else { return "\(seconds) s" }
        return "\(Double(seconds) + Double(attoseconds) / 1e18) s"
    }
}
