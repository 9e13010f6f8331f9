import RekeyClient
import RekeyCore
import RekeyWire

/// Why a command did not do what it was asked: a sentence and an exit code for people, a failure as
/// the wire would state it for programs.
struct CommandError: Error {
    var exit: ExitClass
    var failure: Failure
    /// What to do next; nil where the message says it all.
    var advice: String?

    /// An error of this side's.
    init(_ exit: ExitClass, _ reason: String, _ message: String, advice: String? = nil) {
        let status: StatusCode =
            switch exit {
            case .usage, .invalid: .invalidArgument
            case .unavailable: .unavailable
            case .outOfTime: .cancelled
            case .outcomeUnknown: .unknown
            case .permissionDenied: .permissionDenied
            case .untrusted: .unauthenticated
            case .cannotRead, .cannotWrite, .profile: .failedPrecondition
            default: .internalError
            }
        self.exit = exit
        self.failure = Failure(status: status, reason: reason, message: message)
        self.advice = advice
    }

    static func usage(_ message: String, advice: String? = nil) -> CommandError {
        CommandError(.usage, "USAGE", message, advice: advice)
    }

    init(_ error: ClientError) {
        switch error.kind {
        case .refused(let failure):
            self.init(failure)
        case .addressInvalid, .requestTooLong:
            self = .usage(error.message)
        case .profileInvalid:
            self.init(.profile, "PROFILE_INVALID", error.message)
        case .serverUntrusted:
            self.init(.untrusted, "SERVER_UNTRUSTED", error.message)
        case .callerRefused:
            self.init(.permissionDenied, "CALLER_REFUSED", error.message)
        case .cannotConnect:
            self.init(
                .unavailable, "CANNOT_CONNECT", error.message,
                advice: "is rekeyd running there? name others with --server HOST:PORT")
        case .connectionLost(outcomeUnknown: false):
            self.init(.unavailable, "NOT_PROCESSED", error.message)
        case .connectionLost(outcomeUnknown: true), .timedOut, .cancelled(outcomeUnknown: true):
            self.init(.outcomeUnknown, Reason.outcomeUnknown.rawValue, error.message)
        case .cancelled(outcomeUnknown: false):
            self.init(.outOfTime, Reason.cancelled.rawValue, error.message)
        case .replyInvalid:
            self.init(.fault, "REPLY_INVALID", error.message)
        }
    }

    private init(_ failure: Failure) {
        exit = ExitClass(failure)
        self.failure = failure
        advice = Self.advice(failure)
    }

    private static func advice(_ failure: Failure) -> String? {
        // Up to a whole second: a moment too early is refused again.
        if let time = failure.retryAfter {
            return "repeat in \(TimeText.length(time + .milliseconds(999)))"
        }
        return switch Reason(rawValue: failure.reason) {
        case .linkInvalid, .resendsSpent: "ask for a new link: rekey reset request IDENTIFIER"
        case .activationRefused:
            "get a new code: rekey reset resend; or a new link: rekey reset request IDENTIFIER"
        case .sessionInvalid: "log in: rekey login IDENTIFIER"
        case .loginFailed, .passwordWrong:
            "if the password is forgotten: rekey reset request IDENTIFIER"
        case .accountChanged: "look at it: rekey account show IDENTIFIER"
        case .methodForbidden:
            "see who may: rekey call --list; another caller: --profile FOLDER"
        case .accountUnknown: "find it: rekey account list --all"
        default: nil
        }
    }
}
