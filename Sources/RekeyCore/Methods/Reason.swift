/// The stable word for a program that says why a call was refused. Each has one status.
public enum Reason: String, CaseIterable, Sendable {
    // What the caller sent.
    case fieldInvalid = "FIELD_INVALID"
    case bodyInvalid = "BODY_INVALID"
    case passwordUnacceptable = "PASSWORD_UNACCEPTABLE"
    case confirmationDiffers = "CONFIRMATION_DIFFERS"
    case methodUnknown = "METHOD_UNKNOWN"
    case serviceUnknown = "SERVICE_UNKNOWN"
    case idempotencyKeyReused = "IDEMPOTENCY_KEY_REUSED"

    // What the flow says.
    case linkInvalid = "LINK_INVALID"
    case resendsSpent = "RESENDS_SPENT"
    case activationRefused = "ACTIVATION_REFUSED"
    case loginFailed = "LOGIN_FAILED"
    case sessionInvalid = "SESSION_INVALID"
    case passwordWrong = "PASSWORD_WRONG"

    // What operators hear.
    case accountExists = "ACCOUNT_EXISTS"
    case accountUnknown = "ACCOUNT_UNKNOWN"
    case accountChanged = "ACCOUNT_CHANGED"
    case accountState = "ACCOUNT_STATE"

    // The state of the server or of the call.
    case methodForbidden = "METHOD_FORBIDDEN"
    case rateLimited = "RATE_LIMITED"
    case tooManyCalls = "TOO_MANY_CALLS"
    case overloaded = "OVERLOADED"
    case storeBusy = "STORE_BUSY"
    case storeUnavailable = "STORE_UNAVAILABLE"
    case storeFull = "STORE_FULL"
    case lettersBacklog = "LETTERS_BACKLOG"
    case draining = "DRAINING"
    case deadlineExceeded = "DEADLINE_EXCEEDED"
    case cancelled = "CANCELLED"
    case outcomeUnknown = "OUTCOME_UNKNOWN"
    case replyTooLong = "REPLY_TOO_LONG"
    case internalFault = "INTERNAL_FAULT"

    public var status: StatusCode {
        switch self {
        case .fieldInvalid, .bodyInvalid, .passwordUnacceptable, .confirmationDiffers,
            .idempotencyKeyReused:
            .invalidArgument
        case .methodUnknown: .unimplemented
        case .methodForbidden: .permissionDenied
        case .linkInvalid, .activationRefused, .accountUnknown, .serviceUnknown: .notFound
        case .resendsSpent, .accountState: .failedPrecondition
        case .loginFailed, .sessionInvalid, .passwordWrong: .unauthenticated
        case .accountExists: .alreadyExists
        case .accountChanged: .aborted
        case .rateLimited, .tooManyCalls, .overloaded: .resourceExhausted
        case .storeBusy, .storeUnavailable, .storeFull, .lettersBacklog, .draining:
            .unavailable
        case .deadlineExceeded: .deadlineExceeded
        case .cancelled: .cancelled
        case .outcomeUnknown: .unknown
        case .replyTooLong: .outOfRange
        case .internalFault: .internalError
        }
    }
    /// The call was not run: nothing was changed, counted or spent, and it may be repeated anywhere.
    public var isNotProcessed: Bool {
        switch self {
        case .rateLimited, .tooManyCalls, .overloaded, .storeBusy, .storeUnavailable, .storeFull,
            .lettersBacklog, .draining, .deadlineExceeded, .cancelled:
            true
        default: false
        }
    }
}
