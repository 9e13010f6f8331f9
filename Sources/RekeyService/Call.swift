public import RekeyCore
public import RekeyStore

/// One call on its way through the service: who is asking, until when, and whether it is a repeat.
public struct Call: Sendable {
    /// The name in log lines and in whatever is counted per caller.
    public let caller: String
    /// When the caller stops waiting; a call that has not been decided by then never is.
    public let deadline: ContinuousClock.Instant
    public let idempotency: IdempotencyKey?

    public init(
        caller: String, deadline: ContinuousClock.Instant, idempotency: IdempotencyKey? = nil
    ) {
        self.caller = caller
        self.deadline = deadline
        self.idempotency = idempotency
    }

    /// Asked before everything that changes something: once decided, a call ran.
    func stillWanted() throws(Refusal) {
        guard ContinuousClock.now < deadline else { throw .deadlineExceeded }
        guard !Task.isCancelled else {
            throw Refusal(.cancelled, "the call was cancelled before it was decided")
        }
    }
}

extension Refusal {
    public static let deadlineExceeded = Refusal(
        .deadlineExceeded, "the deadline passed before the call was decided; nothing was changed")
}
