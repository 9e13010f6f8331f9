import RekeyClient
import RekeyCore
import RekeyWire

/// How a call ended, as far as it is counted apart.
enum Outcome: Hashable, Sendable {
    case succeeded
    /// The server's answer, by its status and reason.
    case refused(StatusCode, String)
    /// No answer: whether it was done is not known.
    case unknown
    /// The connection ended before the server took the call.
    case notProcessed

    init(_ error: ClientError?) {
        switch error?.kind {
        case nil: self = .succeeded
        case .refused(let failure): self = .refused(failure.status, failure.reason)
        case .connectionLost(outcomeUnknown: true), .timedOut, .cancelled(outcomeUnknown: true),
            .replyInvalid:
            self = .unknown
        case .addressInvalid, .profileInvalid, .serverUntrusted, .callerRefused, .cannotConnect,
            .connectionLost(outcomeUnknown: false), .requestTooLong,
            .cancelled(outcomeUnknown: false):
            self = .notProcessed
        }
    }

    /// "succeeded", "UNAVAILABLE LETTERS_BACKLOG".
    var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .refused(let status, let reason): "\(status.name) \(reason)"
        case .unknown: "outcome unknown"
        case .notProcessed: "not processed"
        }
    }
}
