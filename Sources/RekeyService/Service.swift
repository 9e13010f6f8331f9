// The life of a request, and the room that serves each step of it:
//
//   1 TCP bytes → Frame           RekeyServer/ConnectionHandler.swift; RekeyWire judges the length,
//                                 scans, unpacks
//   2 Frame → call                RekeyServer/Endpoint.swift: which method, has it time left;
//                                 RekeyWire/Conversions make the request; Limits/ say whether its
//                                 caller or its origin asks for too many
//   3 call → Facts                RPC/*.swift, one file a method: randomness is drawn, the MAC of
//                                 the link checked, the password hashed (Passwords.swift)
//   4 Subject + call + Facts + now → Decision
//                                 RekeyCore/Methods, pure; the store reads `now` under its lock
//   5 events → journal            RekeyStore; one batch, one sync for all who wait
//   6 reply → TCP bytes           back in Endpoint.swift, only after 5
//   7 letters → couriers          LetterDispatcher.swift, only after 5, at least once
public import RekeyCore
public import RekeySecrets
public import RekeyStore
import Synchronization

/// What every RPC works with. It holds no state of its own but the limits: that is the store's.
public final class Service: Sendable {
    public let store: any AccountStore
    public let policy: Policy
    public let state: ServerState
    let keys: KeyRing
    let links: LinkMinter
    let sessions: SessionMinter
    let codes: CodeMinter
    let passwords: Passwords
    let randomness: any Randomness
    let limits: RateLimits

    public init(
        store: any AccountStore, keys: KeyRing, hashing: HashingPool, policy: Policy,
        randomness: any Randomness, time: any TimeSource, state: ServerState
    ) {
        self.store = store
        self.policy = policy
        self.state = state
        self.keys = keys
        self.randomness = randomness
        links = LinkMinter(keys)
        sessions = SessionMinter(keys)
        codes = CodeMinter(keys)
        passwords = Passwords(
            pool: hashing, hasher: PasswordHasher(keys, randomness: randomness), store: store,
            cost: policy.hashCost, rules: PasswordRules(policy))
        limits = RateLimits(policy, keys: keys, time: time)
    }

    /// How a caller's idempotency key and call are recognised again.
    ///
    /// - Parameter call: the method's name and its request without passwords, as bytes.
    public func idempotencyKey(
        caller: String, key: [UInt8], call: UnsafeRawBufferPointer
    ) -> IdempotencyKey {
        IdempotencyKey(
            caller: caller,
            key: keys.keyedHash(
                of: Array(caller.utf8) + [0] + key, label: "rekey/idempotency-key\0",
                purpose: .identifier),
            fingerprint: keys.keyedHash(
                of: call, label: "rekey/idempotency-call\0", purpose: .identifier))
    }

    // MARK: Step 3: what more than one RPC finds out

    /// The canonical identifier in `text`, and its subject.
    func subject(_ text: String) throws(Refusal) -> (SubjectID, CanonicalIdentifier) {
        do {
            let identifier = try CanonicalIdentifier(text)
            return (keys.subjectID(of: identifier), identifier)
        } catch {
            throw .field("identifier", "\(error)")
        }
    }

    /// What the session token was minted from.
    func open(session: Secret) throws(Refusal) -> (subject: SubjectID, id: SessionID) {
        guard let opened = sessions.open(session) else { throw .sessionInvalid }
        return opened
    }

    func letterPair() -> LetterPair {
        LetterPair(randomness.letterID(), randomness.letterID())
    }

    // MARK: Steps 4 and 5

    /// A subject as it stands; what is decided about it later may find it changed.
    func read(_ subject: SubjectID) async throws(Refusal) -> Subject {
        try await storing { () async throws(StoreError) in try await store.read(subject).value }
    }

    /// Decides and makes it durable; a repeat gets the first answer again.
    func decide<Reply: Storable>(
        _ subject: SubjectID, _ call: Call,
        _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(Refusal) -> Reply {
        try await decideUnlessStale(subject, call, body).fresh()
    }

    /// The same; nil when the facts were stale.
    func decideUnlessStale<Reply: Storable>(
        _ subject: SubjectID, _ call: Call,
        _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(Refusal) -> Reply? {
        try call.stillWanted()
        return try await storing { () async throws(StoreError) in
            try await store.transact(subject, idempotency: call.idempotency, body)
        }.reply()
    }

    /// The same for calls that take no idempotency key.
    func decideUnlessStale<Reply: Sendable>(
        _ subject: SubjectID, unrepeatable call: Call,
        _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(Refusal) -> Reply? {
        try call.stillWanted()
        return try await storing { () async throws(StoreError) in
            try await store.transact(subject, body)
        }.reply()
    }

    /// Answers a call that only reads, where nothing has to be waited for; nil where something has.
    func readAtOnce<Reply: Sendable>(
        _ subject: SubjectID, _ body: (Subject, Timestamp) -> Decision<Reply>
    ) throws(Refusal) -> Reply? {
        let reading: Reading<Subject>?
        do {
            reading = try store.readAtOnce(subject)
        } catch {
            throw Refusal(error)
        }
        return try reading.flatMap { body($0.value, $0.now) }?.answer.reply()
    }

    /// The same for one that changes memory at most; where it waits, nothing was decided.
    func decideAtOnce<Reply: Sendable>(
        _ subject: SubjectID, _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) throws(Refusal) -> Reply? {
        let answer: Answer<Reply>?
        do {
            answer = try store.transactAtOnce(subject, body)
        } catch {
            throw Refusal(error)
        }
        return try answer?.reply()
    }

    /// After a call that set `password`, if it turned out to be a repeat: what is recognised as one
    /// leaves passwords out (R94), so the first answer belongs only to who knows the same one.
    func confirmRepeat(
        _ decided: Decided, _ id: SubjectID, _ password: NormalizedPassword
    ) async throws(Refusal) {
        guard !decided.now.load(ordering: .relaxed) else { return }
        guard try await passwords.check(password, of: read(id)).matches else {
            throw .idempotencyKeyReused
        }
    }

    /// A store's failure as its caller hears it.
    func storing<Value>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(Refusal) -> Value {
        do {
            return try await body()
        } catch {
            throw Refusal(error)
        }
    }
}

/// Whether a call was decided now. A repeat is answered without a decision.
final class Decided: Sendable {
    let now = Atomic(false)
}

extension Answer {
    /// Throws a refusal; nil when the facts were stale.
    fileprivate func reply() throws(Refusal) -> Reply? {
        switch self {
        case .reply(let reply): return reply
        case .refusal(let refusal): throw refusal
        case .stale: return nil
        }
    }
}

extension Optional {
    /// For decisions that had no facts which could be stale, or have tried often enough.
    func fresh() throws(Refusal) -> Wrapped {
        guard let self else { throw .keepsChanging }
        return self
    }
}

extension Refusal {
    /// What a failing store means for a caller.
    fileprivate init(_ error: StoreError) {
        switch error {
        case .overloaded:
            self.init(
                .storeBusy, "too much is being written; repeat the call shortly",
                retryAfter: .milliseconds(100))
        case .full:
            self.init(
                .storeFull, "the server's disk is full; repeat the call later",
                retryAfter: .seconds(30))
        case .lettersBacklog:
            self.init(
                .lettersBacklog, "too many letters wait to be sent; repeat the call later",
                retryAfter: .seconds(30))
        case .outcomeUnknown:
            self.init(
                .outcomeUnknown, "the server failed while the call ran: it may have been done")
        case .unavailable:
            self.init(.storeUnavailable, "the server cannot write; repeat the call later")
        case .unreadable(let what):
            self.init(.internalFault, "a stored record cannot be read", cause: what)
        }
    }

    static let keepsChanging = Refusal(
        .accountChanged, "the account changed while the call ran; repeat it")
}
