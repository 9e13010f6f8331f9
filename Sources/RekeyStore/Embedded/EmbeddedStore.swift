import Dispatch
public import RekeyCore
import RekeyJournal
import RekeyWire
import Synchronization

/// The default store: tables in memory, a write-ahead log, checkpoints. One process, no server.
///
/// Whoever calls decides and applies under one short lock and appends to the open batch; then it
/// waits for the sequence that its answer rests on. Opening is in `EmbeddedStore+Opening.swift`,
/// checkpoints in `EmbeddedStore+Checkpoint.swift`.
public final class EmbeddedStore: AccountStore {
    let tables: Mutex<Tables>
    let journal: Journal
    let policy: Policy
    let checkpointBytes: Int
    let checkpoints = DispatchQueue(label: "rekey.checkpoint", qos: .utility)
    let isCheckpointing = Atomic(false)
    let onNotice: @Sendable (StoreNotice) -> Void
    /// Bytes of log since the last checkpoint at which the next one is tried.
    let nextCheckpoint: Atomic<Int>

    public let letterArrivals: AsyncStream<Void>
    private let arenas = ArenaPool()
    private let decoy: Decoy
    private let arrivals: AsyncStream<Void>.Continuation

    init(
        journal: Journal, tables: sending Tables, policy: Policy, checkpointBytes: Int,
        onNotice: @escaping @Sendable (StoreNotice) -> Void
    ) {
        self.onNotice = onNotice
        self.journal = journal
        decoy = tables.decoy
        self.tables = Mutex(tables)
        self.policy = policy
        self.checkpointBytes = checkpointBytes
        nextCheckpoint = Atomic(checkpointBytes)
        (letterArrivals, arrivals) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        arrivals.yield()
    }

    public func transact<Reply: Storable>(
        _ subject: SubjectID, idempotency: IdempotencyKey?,
        _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(StoreError) -> Answer<Reply> {
        let repeats = idempotency.map { key in
            Repeats<Reply>(key: key, encode: \.stored, decode: Reply.init(stored:))
        }
        return try await perform { (tables) throws(StoreError) in
            try decide(subject, repeats, body, &tables)
        }
    }

    public func transact<Reply: Sendable>(
        _ subject: SubjectID, _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(StoreError) -> Answer<Reply> {
        try await perform { (tables) throws(StoreError) in
            try decide(subject, nil, body, &tables)
        }
    }

    public func transactAtOnce<Reply: Sendable>(
        _ subject: SubjectID, _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) throws(StoreError) -> Answer<Reply>? {
        let answer: Answer<Reply>? = try tables.withLock { (tables) throws(StoreError) in
            let now = tables.clock.now()
            let (subject, sequence) = try tables.subject(subject, at: now)
            guard sequence <= journal.durable else { return nil }
            let decision = body(subject, now)
            guard decision.durability != .awaited || decision.isRead else { return nil }
            return try take(decision, subject, sequence, nil, now, &tables).answer
        }
        checkpointIfDue()
        return answer
    }

    private func perform<Reply: Sendable>(
        _ decide: (inout Tables) throws(StoreError) -> Step<Reply>
    ) async throws(StoreError) -> Answer<Reply> {
        let step = try tables.withLock { (tables) throws(StoreError) in try decide(&tables) }
        try await durable(step.sequence)
        if step.queuedLetters { arrivals.yield() }
        checkpointIfDue()
        return step.answer
    }

    /// What the lock is held for.
    private struct Step<Reply: Sendable>: Sendable {
        var answer: Answer<Reply>
        /// What the answer rests on.
        var sequence: UInt64
        var queuedLetters = false
    }

    private func decide<Reply: Sendable>(
        _ id: SubjectID, _ repeats: Repeats<Reply>?,
        _ body: (Subject, Timestamp) -> Decision<Reply>, _ tables: inout Tables
    ) throws(StoreError) -> Step<Reply> {
        let now = tables.clock.now()
        if let repeats, let (first, sequence) = tables.outcomes.find(repeats.key.key, now: now) {
            return Step(answer: repeats.answer(to: first), sequence: sequence)
        }
        let (subject, sequence) = try tables.subject(id, at: now)
        let decision = UniformityTooth.decided(body(subject, now), subject)
        return try take(decision, subject, sequence, repeats, now, &tables)
    }

    /// Makes a decision true: its records are in the open batch, its events applied. The subject is
    /// changed in place: nobody else holds its arrays.
    private func take<Reply: Sendable>(
        _ decision: Decision<Reply>, _ subject: consuming Subject, _ sequence: UInt64,
        _ repeats: Repeats<Reply>?, _ now: Timestamp, _ tables: inout Tables
    ) throws(StoreError) -> Step<Reply> {
        if case .stale = decision.answer { return Step(answer: .stale, sequence: sequence) }
        guard !decision.isRead || repeats != nil else {
            return Step(answer: decision.answer, sequence: sequence)
        }
        var sequence = sequence
        // Requests for a reset alone: anybody may make one, and the answer must not depend on who
        // is asked for. What a link or an operator causes is never held up by strangers.
        let isFull = tables.outbox.count + decision.letters.count > policy.lettersDueMax
        guard !isFull || !decision.events.contains(where: \.isRequest) else {
            throw .lettersBacklog
        }

        let draws =
            !decision.events.isEmpty && decision.events.allSatisfy(\.endsAccess)
        if journal.isFull, decision.durability == .awaited, !draws { throw .full }

        let transaction = Transaction(
            subject: subject.id, at: now, events: decision.events,
            letters: UniformityTooth.written(decision.letters, subject),
            outcome: repeats?.outcome(of: decision.answer, at: now))
        switch decision.durability {
        case .awaited:
            sequence = try append(.transaction(transaction), &tables, drawingOnReserve: draws)
        case .written:
            do {
                _ = try append(.transaction(transaction), &tables)
            } catch {
                // A use that is not written ends a session early after a restart, and harms nobody.
                guard error == .full else { throw error }
            }
        case .memory: break
        }
        if !decision.events.isEmpty {
            let before = subject.account?.password?.recipe
            for event in decision.events { subject.apply(event, at: now) }
            tables.put(subject, before: before, sequence: sequence, now: now)
        }
        for letter in decision.letters { tables.outbox.add(letter, sequence: sequence) }
        if let outcome = transaction.outcome { tables.outcomes.add(outcome, sequence: sequence) }
        return Step(
            answer: decision.answer, sequence: sequence, queuedLetters: !decision.letters.isEmpty)
    }

    public func holds(_ key: IdempotencyKey) -> Bool {
        tables.withLock { tables in
            let now = tables.clock.now()
            return tables.outcomes.find(key.key, now: now) != nil
        }
    }

    public func read(_ subject: SubjectID) async throws(StoreError) -> Reading<Subject> {
        let (reading, sequence) = try tables.withLock { (tables) throws(StoreError) in
            let now = tables.clock.now()
            let (subject, sequence) = try tables.subject(subject, at: now)
            return (Reading(value: subject, now: now), sequence)
        }
        try await durable(sequence)
        return reading
    }

    public func readAtOnce(_ subject: SubjectID) throws(StoreError) -> Reading<Subject>? {
        // Only the row is taken under the lock: most reads are done here, and unpacking takes longest.
        let (row, sequence, now) = tables.withLock { tables in
            let row = tables.rows[subject]
            return (row?.bytes, row?.sequence ?? tables.rows.lastRemoval, tables.clock.now())
        }
        guard sequence <= journal.durable else { return nil }
        return try arenas.with { (arena) throws(StoreError) in
            let read = try row.map { (row) throws(StoreError) in
                try Records.subject(subject, row, arena)
            }
            if read?.isVacant ?? true { decoy.unpack(arena) }
            guard let read, !read.isEmpty(at: now) else {
                return Reading(value: Subject(id: subject), now: now)
            }
            return Reading(value: read, now: now)
        }
    }

    public func list(
        after: SubjectID?, limit: Int
    ) async throws(StoreError) -> Reading<[Subject]> {
        let (reading, sequence) = try tables.withLock { (tables) throws(StoreError) in
            let now = tables.clock.now()
            var subjects: [Subject] = []
            var newest = tables.rows.lastRemoval
            for id in tables.rows.accounts(after: after, limit: limit) {
                let (subject, sequence) = try tables.subject(id, at: now)
                subjects.append(subject)
                newest = max(newest, sequence)
            }
            return (Reading(value: subjects, now: now), newest)
        }
        try await durable(sequence)
        return reading
    }

    public func letters(due limit: Int) async throws(StoreError) -> DueLetters {
        tables.withLock { tables in
            let now = tables.clock.now()
            let due = tables.outbox.takeDue(limit, now: now, durable: journal.durable)
            return DueLetters(letters: due, now: now, next: tables.outbox.nextDue)
        }
    }

    public func letters(after: LetterID?, limit: Int) async throws(StoreError) -> [Letter] {
        let (letters, sequence) = tables.withLock { tables in
            let page = tables.outbox.page(after: after, limit: limit)
            return (page.map(\.letter), page.map(\.sequence).max() ?? 0)
        }
        try await durable(sequence)
        return letters
    }

    public func settle(
        _ letters: [(letter: Letter, settlement: LetterSettlement)]
    ) throws(StoreError) {
        let records = letters.map {
            SettlementRecord(letter: $0.letter.id, settlement: $0.settlement)
        }
        try tables.withLock { (tables) throws(StoreError) in
            // Also when the log has no room: then it is as after a crash, but only at the next
            // start, and until then no letter is stuck.
            defer {
                for record in records { tables.outbox.settle(record.letter, record.settlement) }
            }
            let now = tables.clock.now()
            for part in records.chunked(by: Settlements.countMax) {
                _ = try append(.settlements(Settlements(at: now, letters: part)), &tables)
            }
        }
        if letters.contains(where: { $0.settlement != .gone }) { arrivals.yield() }
    }

    public var takesWrites: Bool { !journal.isFull }

    public func recipes() -> [PasswordRecord.Recipe: Int] {
        tables.withLock { $0.recipes.counts }
    }

    public func status() -> StoreStatus {
        tables.withLock { tables in
            StoreStatus(
                now: tables.clock.now(), accounts: tables.rows.accounts,
                lettersWaiting: tables.outbox.count, durableSequence: journal.durable,
                logBytesSinceCheckpoint: Int(clamping: journal.bytesSinceCheckpoint),
                isFull: journal.isFull, clockAhead: tables.clock.ahead)
        }
    }

    private func append(
        _ record: Records.Decoded, _ tables: inout Tables, drawingOnReserve draws: Bool = false
    ) throws(StoreError) -> UInt64 {
        do {
            let sequence = try Records.encode(record, tables.arena) {
                (bytes) throws(JournalError) in
                try journal.append(bytes, drawingOnReserve: draws)
            }
            tables.appended(sequence)
            return sequence
        } catch {
            switch error.code {
            case .overloaded: throw .overloaded
            case .full: throw .full
            default: throw .unavailable
            }
        }
    }

    /// Returns once `sequence` is on disk; at once when it is already, which it usually is.
    private func durable(_ sequence: UInt64) async throws(StoreError) {
        guard sequence > journal.durable, Tooth.replyWait.holds else { return }
        // Unchecked, since it is on every call's way: the journal promises to call once.
        let isDurable = await withUnsafeContinuation { continuation in
            journal.whenDurable(sequence) { result in
                if case .success = result {
                    continuation.resume(returning: true)
                } else {
                    continuation.resume(returning: false)
                }
            }
        }
        guard isDurable else { throw .outcomeUnknown }
    }
}
