import RekeyCore
import RekeyWire

/// What a call does after an attempt that failed: try again, and when, or tell its caller. Pure; one
/// for each call.
///
/// | the attempt | its method: freely | with key | never |
/// |---|---|---|---|
/// | was not processed, or never sent (P6.2) | again | again | again |
/// | has an unknown outcome (P6.1, P6.3) | again | again, same key | fails |
/// | was refused otherwise, or cannot be sent | fails | fails | fails |
struct CallPlan {
    enum Verdict: Equatable {
        case again(after: Duration)
        case fail(ClientError)
    }

    private let repeatability: Repeatability
    private var backoff = Backoff()
    /// The first attempt that the server may have done although nobody heard of it.
    private var unknown: ClientError?

    init(_ repeatability: Repeatability) { self.repeatability = repeatability }

    /// - Parameters:
    ///   - left: of the time that the caller gave.
    ///   - jitter: drawn at random, 0 to 1.
    mutating func judge(_ error: ClientError, left: Duration, jitter: Double) -> Verdict {
        if error.isOutcomeUnknown, repeatability == .withKey { unknown = unknown ?? error }
        guard mayRepeat(error) else { return .fail(told(error)) }
        let wait = max(backoff.next(jitter: jitter), error.retryAfter ?? .zero)
        return wait < left ? .again(after: wait) : .fail(told(error))
    }

    private func mayRepeat(_ error: ClientError) -> Bool {
        switch error.kind {
        case .refused(let failure) where failure.isNotProcessed: true
        case .connectionLost(outcomeUnknown: false): true
        case .refused, .connectionLost(outcomeUnknown: true):
            repeatability != .never && error.isOutcomeUnknown
        default: false
        }
    }

    /// What the caller hears: that a later attempt was not processed says nothing about an earlier
    /// one.
    func told(_ error: ClientError) -> ClientError {
        guard let unknown, error.isNotProcessed else { return error }
        if case .cancelled = error.kind { return .cancelled(outcomeUnknown: true) }
        return unknown
    }
}

extension ClientError {
    /// The server may have done the call.
    fileprivate var isOutcomeUnknown: Bool {
        switch kind {
        case .refused(let failure):
            !failure.isNotProcessed
                && (failure.status == .unavailable
                    || failure.reason.utf8.elementsEqual(Reason.outcomeUnknown.rawValue.utf8))
        case .connectionLost(let outcomeUnknown), .cancelled(let outcomeUnknown): outcomeUnknown
        case .timedOut: true
        case .addressInvalid, .profileInvalid, .serverUntrusted, .callerRefused, .cannotConnect,
            .requestTooLong, .replyInvalid:
            false
        }
    }

    /// The server did not do the call.
    fileprivate var isNotProcessed: Bool {
        switch kind {
        case .refused(let failure): failure.isNotProcessed
        case .connectionLost(let outcomeUnknown), .cancelled(let outcomeUnknown): !outcomeUnknown
        case .addressInvalid, .profileInvalid, .serverUntrusted, .callerRefused, .cannotConnect,
            .requestTooLong:
            true
        case .timedOut, .replyInvalid: false
        }
    }

    fileprivate var retryAfter: Duration? {
        if case .refused(let failure) = kind { failure.retryAfter } else { nil }
    }
}
