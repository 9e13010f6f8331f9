public import RekeyCore

/// The plug point for stores: where subjects rest, and the one place where decisions become
/// durable.
///
/// Every `body` is pure and may run more than once. Any answer waits until what it rests on is
/// durable, so that nobody sees what a crash could still take back; `Decision.durability` names the
/// one exception. `now` never runs back.
public protocol AccountStore: Sendable {
    /// Decides on one subject and makes the decision durable in one step: its events, its letters,
    /// and what was answered under an idempotency key.
    ///
    /// With a key that was used for the same call within the hour the first answer comes back and
    /// `body` does not run; used for another call, the answer is a refusal.
    func transact<Reply: Storable>(
        _ subject: SubjectID, idempotency: IdempotencyKey?,
        _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(StoreError) -> Answer<Reply>

    /// The same for calls that take no idempotency key.
    func transact<Reply: Sendable>(
        _ subject: SubjectID, _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(StoreError) -> Answer<Reply>

    /// The same, if nothing has to be waited for: what the answer rests on is durable, and the decision
    /// needs no write. nil otherwise; then nothing was decided.
    func transactAtOnce<Reply: Sendable>(
        _ subject: SubjectID, _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) throws(StoreError) -> Answer<Reply>?

    /// Whether an answer is kept under this key, so that a call with it would be a repeat.
    func holds(_ key: IdempotencyKey) -> Bool

    func read(_ subject: SubjectID) async throws(StoreError) -> Reading<Subject>

    /// The same without waiting; nil when what it rests on is not durable yet.
    func readAtOnce(_ subject: SubjectID) throws(StoreError) -> Reading<Subject>?

    /// Subjects that have an account, by ascending id; at most `limit`.
    func list(after: SubjectID?, limit: Int) async throws(StoreError) -> Reading<[Subject]>

    /// Takes letters that are due, at most `limit`; each is given out once until it is settled.
    func letters(due limit: Int) async throws(StoreError) -> DueLetters

    /// Letters that wait, by ascending id, without stand-ins; at most `limit`.
    func letters(after: LetterID?, limit: Int) async throws(StoreError) -> [Letter]

    /// Attempts at letters came back. Does not wait: a crash sends the letters once more.
    func settle(
        _ letters: [(letter: Letter, settlement: LetterSettlement)]
    ) throws(StoreError)

    /// Fires when letters may have become due that were not before.
    var letterArrivals: AsyncStream<Void> { get }

    func status() -> StoreStatus

    /// How many password records were made in which way, as of now or a little before.
    func recipes() -> [PasswordRecord.Recipe: Int]

    /// False while only what takes access away can be written.
    var takesWrites: Bool { get }
}

/// Something as it stood at a point of service time.
public struct Reading<Value: Sendable>: Sendable {
    public var value: Value
    public var now: Timestamp

    public init(value: Value, now: Timestamp) {
        self.value = value
        self.now = now
    }
}

/// Letters to be sent now.
public struct DueLetters: Sendable {
    public var letters: [Letter]
    public var now: Timestamp
    /// When the next one becomes due, if one waits.
    public var next: Timestamp?

    public init(letters: [Letter], now: Timestamp, next: Timestamp?) {
        self.letters = letters
        self.now = now
        self.next = next
    }
}

/// What becomes of a letter after an attempt.
public enum LetterSettlement: Hashable, Sendable {
    /// It leaves the outbox: accepted by the courier, or dead.
    case gone
    case again(at: Timestamp)
}

/// What a store can say of itself.
public struct StoreStatus: Hashable, Sendable {
    public var now: Timestamp
    public var accounts: Int
    public var lettersWaiting: Int
    public var durableSequence: UInt64
    public var logBytesSinceCheckpoint: Int
    /// Only what takes access away is written, since the disk is full.
    public var isFull: Bool
    /// How far the wall clock is ahead of `now`, if that is more than is believed; else zero.
    public var clockAhead: Duration

    public init(
        now: Timestamp, accounts: Int, lettersWaiting: Int, durableSequence: UInt64,
        logBytesSinceCheckpoint: Int, isFull: Bool, clockAhead: Duration
    ) {
        self.now = now
        self.accounts = accounts
        self.lettersWaiting = lettersWaiting
        self.durableSequence = durableSequence
        self.logBytesSinceCheckpoint = logBytesSinceCheckpoint
        self.isFull = isFull
        self.clockAhead = clockAhead
    }
}
