// The embedded store: calls that ride together while a batch is in flight, letters taken and settled,
// idempotency keys, checkpoints in the background while calls go on.
import RekeyCore
import RekeyJournal
import RekeySimulation
import RekeyStore
import Synchronization

/// One run of the real `EmbeddedStore`.
final class StoreRun: Workload {
    static let name = "store"

    private static let directory = "accounts"
    private static let tag: [UInt8] = [7]
    private static let options = JournalOptions(segmentBytes: 48 << 10, batchBytes: 16 << 10)
    private static let checkpointBytes = 36 << 10
    private static let sessions = 3
    private static let stopsPerSession = 16
    private static let policy = Policy()

    private let storeID: StoreID
    private let subjects: [SubjectID]
    private let history = StoreHistory()
    private(set) var changes: [DiskChange] = []
    private var lengths: [StoreHistory.Tables: [Int]] = [:]
    private var keys: [(step: Int, subject: SubjectID, key: IdempotencyKey)] = []

    // Of the session that runs.
    private var generator: SeededGenerator
    /// Calls in the open batch and in the one in flight, each with the length of history it is told.
    private var open: [(call: StoreCall, length: Int)] = []
    private var flight: [(call: StoreCall, length: Int)] = []
    private var hasOpenRecords = false
    private var recordStops = 0
    /// A checkpoint took its snapshot; it writes when so many batches of records are durable.
    private var checkpointAfter: Int?
    private var accounts: Set<SubjectID> = []

    init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed ^ 0x5EED)
        storeID = StoreID(high: seed, low: 2)
        subjects = (0..<5).map { _ in generator.id() }
        self.generator = generator
        let disk = SimulatedDisk()
        disk.startRecording()
        let gate = CommitGate(on: disk)
        let checkpoints = CheckpointGate()
        checkpoints.watch(disk)
        try create(on: disk)
        disk.noting(0)
        for session in 0..<Self.sessions {
            disk.noting(Timeline.session)
            // It notes the clock when it is opened: that record rides in no batch of ours.
            let store = try gate.closing {
                try open(disk, checkpoints, bytes: Self.checkpointBytes) { checkpoints.finish() }
            }
            do {
                defer { gate.open() }
                try work(Session(store: store, disk: disk, gate: gate, checkpoints: checkpoints))
            }
            if session == 0 { try store.close() }
        }
        disk.noting(Timeline.session)
        changes = Timeline.ordered(disk.recording, seed: seed, keepingUnused: true)
        lengths = history.lengths(subjects)
        keys = history.steps.enumerated().compactMap { step in
            step.element.key.map { (step.offset, step.element.subject, $0) }
        }
    }

    func recover(_ disk: SimulatedDisk, closing: Bool) throws -> Int {
        do {
            let store = try open(disk, SimulatedTime(), bytes: .max)
            guard let length = try lengths(of: store).last else {
                throw Broken("no prefix of the history leads to these tables")
            }
            if closing { try store.close() }
            return length
        } catch let error as JournalError where error.code == .notFound {
            let fresh = SimulatedDisk(disk.image)
            try create(on: fresh)
            guard try lengths(of: open(fresh, SimulatedTime(), bytes: .max)).contains(0) else {
                throw Broken("a store that was just created is not empty")
            }
            return -1
        }
    }

    private func create(on disk: SimulatedDisk) throws {
        try EmbeddedStore.create(
            directory: Self.directory, disk: disk, options: Self.options, storeID: storeID,
            tag: Self.tag)
    }

    private func open(
        _ disk: SimulatedDisk, _ time: any TimeSource, bytes: Int,
        onCheckpoint: @escaping @Sendable () -> Void = {}
    ) throws -> EmbeddedStore {
        try EmbeddedStore.open(
            directory: Self.directory, disk: disk, options: Self.options, tag: Self.tag,
            policy: Self.policy, time: time, checkpointBytes: bytes,
            onNotice: { if case .checkpoint = $0 { onCheckpoint() } }, onFatal: { _ in })
    }

    // MARK: what came back

    /// How much of the history leads to what this store shows; more than one length where a step
    /// changed nothing.
    private func lengths(of store: EmbeddedStore) throws -> [Int] {
        let (subjects, keys) = (subjects, keys)
        let (tables, answered) = try StoreCall.value {
            var found: [Subject] = []
            for id in subjects { found.append(try await store.read(id).value) }
            let tables = StoreHistory.Tables(
                subjects: found, letters: try await store.letters(after: nil, limit: .max),
                waiting: store.status().lettersWaiting)
            var answered: [Bool] = []
            for (_, subject, key) in keys {
                let answer: Answer<RequestReset.Reply> = try await store.transact(
                    subject, idempotency: key
                ) { _, _ in .stale }
                answered.append(answer.isFirst)
            }
            return (tables, answered)
        }
        let accounts = tables.subjects.count { $0.account != nil }
        guard store.status().accounts == accounts else {
            throw Broken("\(accounts) accounts are there, and another number is counted")
        }
        return lengths[tables, default: []].filter { length in
            zip(keys, answered).allSatisfy { ($0.step < length) == $1 }
        }
    }

    // MARK: the run

    private struct Session {
        let store: EmbeddedStore
        let disk: SimulatedDisk
        let gate: CommitGate
        let checkpoints: CheckpointGate
    }

    /// Calls while batches are held, until the seed has had enough and the journal sleeps.
    private func work(_ session: Session) throws {
        try call(session)
        for stop in 0... {
            let kind = try session.gate.stop()
            let hasAnswered = try settleFlight(session)
            let durableStops = recordStops
            if kind == .records {
                (flight, open, hasOpenRecords) = (open, [], false)
                recordStops += 1
            }
            try watchCheckpoint(session, hasAnswered: hasAnswered, durableStops)
            let isLast = stop >= Self.stopsPerSession
            let count = isLast ? 0 : Int.random(in: 0...3, using: &generator)
            for _ in 0..<count { try call(session) }
            if !isLast, generator.next() % 3 == 0 { try settleLetter(session) }
            let sleeps = kind == .floor && !hasOpenRecords
            if sleeps, isLast {
                guard checkpointAfter != nil else { return }
                try writeCheckpoint(session)
                guard hasOpenRecords else { return }
            }
            let sleepsOn = sleeps && !hasOpenRecords
            session.gate.pass()
            if sleepsOn { try call(session) }
        }
    }

    /// The batch before the one that is held is durable: its calls answer. Whether there were any.
    private func settleFlight(_ session: Session) throws -> Bool {
        defer { flight = [] }
        for (call, length) in flight {
            try call.wait()
            session.disk.noting(length)
        }
        return !flight.isEmpty
    }

    /// A checkpoint begins when a call answers and the log has grown enough; it writes while a batch is
    /// held.
    private func watchCheckpoint(
        _ session: Session, hasAnswered: Bool, _ durableStops: Int
    ) throws {
        if let after = checkpointAfter {
            if after <= durableStops { try writeCheckpoint(session) }
        } else if hasAnswered,
            session.store.status().logBytesSinceCheckpoint >= Self.checkpointBytes
        {
            try session.checkpoints.waitForSnapshot()
            checkpointAfter = recordStops + (hasOpenRecords ? 1 : 0)
        }
    }

    private func writeCheckpoint(_ session: Session) throws {
        try session.checkpoints.pass {
            if generator.next() % 2 == 0 { try call(session) }
        }
        checkpointAfter = nil
    }

    private func call(_ session: Session) throws {
        let subject = subjects[Int.random(in: 0..<subjects.count, using: &generator)]
        let letters = LetterPair(generator.id(), generator.id())
        let reset: ResetID = generator.id()
        let isRight = generator.next() % 3 != 0
        let policy = Self.policy
        // Only calls that change something: the others answer at no time that a run could foresee.
        let hasAccount = accounts.contains(subject)
        switch generator.next() % 8 {
        case 0...2 where !hasAccount:
            accounts.insert(subject)
            let facts = CreateAccount.Facts(
                profile: generator.profile(), reset: reset, letters: letters)
            try begin(session, subject, nil) { subject, now -> Decision<Nothing> in
                // Nobody creates one in the place of an account whose deletion may be taken back.
                if let change = subject.deletedAccount?.contactChange {
                    return CancelContactChange.decide(subject, change.id, now)
                }
                let created = CreateAccount.decide(subject, facts, policy, now)
                return Decision(
                    .reply(Nothing()), events: created.events, letters: created.letters)
            }
        case 0...4:
            let facts = RequestReset.Facts(reset: reset, letters: letters)
            let key = isRight ? generator.key() : nil
            try begin(session, subject, key) { RequestReset.decide($0, facts, policy, $1) }
        case 7 where hasAccount:
            accounts.remove(subject)
            let facts = DeleteAccount.Facts(change: reset, letters: letters)
            try begin(session, subject, nil) { subject, now -> Decision<Nothing> in
                DeleteAccount.decide(subject, facts, policy, now)
            }
        default:
            let record = generator.password()
            try begin(session, subject, nil) { subject, now -> Decision<Nothing> in
                let facts = Activate.Facts(
                    reset: subject.account?.resets.last?.id ?? reset,
                    provenGenerations: isRight ? .max : 0, newPassword: record, letters: letters)
                return Activate.decide(subject, facts, policy, now)
            }
        }
        session.checkpoints.time.advance(by: .milliseconds(700))
    }

    private func begin<Reply: Storable>(
        _ session: Session, _ subject: SubjectID, _ key: IdempotencyKey?,
        _ decide: @escaping @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) throws {
        let (before, history, store) = (history.count, history, session.store)
        let failure = Failure()
        let call = StoreCall {
            do {
                _ = try await store.transact(subject, idempotency: key) { subject, now in
                    let decision = decide(subject, now)
                    if !decision.events.isEmpty || !decision.letters.isEmpty || key != nil {
                        history.add(
                            StoreHistory.Step(
                                subject: subject.id, at: now, events: decision.events,
                                letters: decision.letters, key: key))
                    }
                    return decision
                }
            } catch {
                failure.error.withLock { $0 = error }
            }
        }
        if let error = failure.error.withLock({ $0 }) { throw error }
        guard history.count > before else { throw Broken("a call changed nothing") }
        hasOpenRecords = true
        // The batch that it rides in cannot be on the disk: the one before it is held.
        guard !call.hasAnswered else {
            throw Broken("a call answered before its record was durable")
        }
        open.append((call, history.count))
    }

    private func settleLetter(_ session: Session) throws {
        let store = session.store
        let due = try StoreCall.value { try await store.letters(due: .max) }
        guard !due.letters.isEmpty else { return }
        // The courier has them: what they speak of is promised.
        let given = Set(due.letters.map(\.id))
        let last = history.steps.lastIndex { $0.letters.contains { given.contains($0.id) } }
        if let last { session.disk.noting(last + 1) }
        for letter in due.letters {
            let settlement: LetterSettlement =
                generator.next() % 3 == 0 ? .again(at: due.now + .seconds(2)) : .gone
            try store.settle([(letter, settlement)])
            history.add(
                StoreHistory.Step(
                    subject: letter.subject, at: due.now, settled: (letter.id, settlement)))
        }
        hasOpenRecords = true
    }

    private final class Failure: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }
}

extension Answer {
    /// Whether a key was known.
    fileprivate var isFirst: Bool {
        if case .stale = self { false } else { true }
    }
}

extension SeededGenerator {
    fileprivate mutating func id<ID: Identifier128>() -> ID {
        ID(rawValue: UInt128(next()) << 64 | UInt128(next()))
    }

    fileprivate mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
    }

    fileprivate mutating func key() -> IdempotencyKey {
        IdempotencyKey(caller: "portal", key: bytes(32), fingerprint: bytes(32))
    }

    fileprivate mutating func password() -> PasswordRecord {
        PasswordRecord(
            cost: HashCost(memoryKiB: 19456, passes: 2), pepper: 1, salt: bytes(16),
            tag: bytes(32))
    }

    /// With a name long enough that a row takes several sectors.
    fileprivate mutating func profile() -> Profile {
        let name = (0..<80 + Int(next() % 60)).map { _ in String(next(), radix: 36) }.joined()
        return Profile(
            identifier: "C-1", name: name, mail: "claire.martin@exemple.fr",
            mobile: "+33612345678", language: .french)
    }
}
