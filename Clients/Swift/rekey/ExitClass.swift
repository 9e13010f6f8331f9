import RekeyCore
import RekeyWire

/// What the exit code of `rekey` says: one number for each class of outcome.
enum ExitClass: Int32, CaseIterable, Sendable {
    case done = 0
    case invalid = 3
    case notFound = 4
    case unauthenticated = 5
    case permissionDenied = 6
    case conflict = 7
    case overLimit = 8
    case unavailable = 9
    case outOfTime = 10
    case outcomeUnknown = 11
    case unimplemented = 12
    case usage = 64
    case cannotRead = 66
    case fault = 70
    case cannotWrite = 73
    case untrusted = 76
    case profile = 78

    /// The class of a server's answer.
    init(_ status: StatusCode) {
        switch status {
        case .ok: self = .done
        case .invalidArgument, .outOfRange: self = .invalid
        case .notFound: self = .notFound
        case .unauthenticated: self = .unauthenticated
        case .permissionDenied: self = .permissionDenied
        case .alreadyExists, .aborted, .failedPrecondition: self = .conflict
        case .resourceExhausted: self = .overLimit
        case .unavailable: self = .unavailable
        case .deadlineExceeded, .cancelled: self = .outOfTime
        case .unimplemented: self = .unimplemented
        case .unknown, .internalError, .dataLoss: self = .fault
        }
    }

    init(_ failure: Failure) {
        self =
            failure.reason.utf8.elementsEqual(Reason.outcomeUnknown.rawValue.utf8)
            ? .outcomeUnknown : ExitClass(failure.status)
    }

    var meaning: String {
        switch self {
        case .done: "done"
        case .invalid: "the server refuses the input (INVALID_ARGUMENT, OUT_OF_RANGE)"
        case .notFound: "link not valid, activation refused or no such account (NOT_FOUND)"
        case .unauthenticated: "login failed or session over (UNAUTHENTICATED)"
        case .permissionDenied: "not allowed to this caller, or its certificate is refused"
        case .conflict: "in conflict (ALREADY_EXISTS, ABORTED, FAILED_PRECONDITION)"
        case .overLimit: "over a limit, repeat later (RESOURCE_EXHAUSTED)"
        case .unavailable: "no connection, or the server takes no calls (UNAVAILABLE)"
        case .outOfTime: "out of time or cancelled (DEADLINE_EXCEEDED, CANCELLED)"
        case .outcomeUnknown: "outcome unknown: look before you repeat"
        case .unimplemented: "the server has no such method (UNIMPLEMENTED)"
        case .usage: "wrong use of the command, nothing was sent"
        case .cannotRead: "a file cannot be read"
        case .fault: "a fault of the server or of this program (INTERNAL, DATA_LOSS, other)"
        case .cannotWrite: "a file or the output cannot be written"
        case .untrusted: "the server does not prove who it is, nothing was sent"
        case .profile: "no profile, or it cannot be used, nothing was sent"
        }
    }

    /// All of them, a line each.
    static var table: String {
        allCases.map { exit in
            let code = "\(exit.rawValue)"
            return String(repeating: " ", count: 4 - code.utf8.count) + "\(code)  \(exit.meaning)"
        }.joined(separator: "\n")
    }
}
