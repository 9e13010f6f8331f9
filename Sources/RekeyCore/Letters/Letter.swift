/// A letter that waits in the outbox. It holds ids only: link and code are minted at each sending,
/// and the address is read from the account then, where contacts that were just changed do not count
/// yet (R93).
///
/// | state | means | how it ends |
/// |---|---|---|
/// | waiting | durable with the step that caused it; `nextAttempt` is ahead or due | taken by the dispatcher when due |
/// | with the courier | held in memory only, so a crash makes it waiting again | accepted, failed or dead |
/// | failed | the courier could not take it now; `attempts` and `nextAttempt` grew, durably | waiting |
/// | accepted | the courier returned: from here on it is the courier's. A crash before the removal is durable sends it once more, under the same id | removed |
/// | dead | its link or code is dead or superseded, or who it is for is gone: never sent (R67) | removed |
public struct Letter: Hashable, Sendable {
    public var id: LetterID
    public var subject: SubjectID
    /// nil: a stand-in. It costs what a letter costs and goes to nobody (R01, R04).
    public var kind: LetterKind?
    /// What its link is minted from: a reset, or a change of contacts or a deletion.
    public var reset: ResetID
    /// Which code of the reset.
    public var codeGeneration: Int
    public var queuedAt: Timestamp
    /// Attempts that failed.
    public var attempts: Int
    public var nextAttempt: Timestamp

    public init(
        id: LetterID, subject: SubjectID, kind: LetterKind?, reset: ResetID, codeGeneration: Int,
        queuedAt: Timestamp, attempts: Int = 0, nextAttempt: Timestamp? = nil
    ) {
        self.id = id
        self.subject = subject
        self.kind = kind
        self.reset = reset
        self.codeGeneration = codeGeneration
        self.queuedAt = queuedAt
        self.attempts = attempts
        self.nextAttempt = nextAttempt ?? queuedAt
    }
}
