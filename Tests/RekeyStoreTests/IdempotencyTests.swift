import RekeyCore
import RekeySimulation
import Synchronization
import Testing

@testable import RekeyStore

@Suite("A repeated call gets its first answer")
struct IdempotencyTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private let id = SubjectID(rawValue: 77)
    private var generator = SeededGenerator(seed: 1)

    /// How a store comes back between a call and its repeat.
    enum Return: CaseIterable { case none, log, checkpoint }

    private func again(_ store: EmbeddedStore, _ way: Return) throws -> EmbeddedStore {
        if way == .checkpoint { try store.writeCheckpoint() }
        if way == .none { return store }
        try store.close()
        return try Bench.open(disk, time)
    }

    /// A repeat that must not be decided again.
    private func repeated<Reply: Storable>(
        _ store: EmbeddedStore, _ key: IdempotencyKey, as _: Reply.Type
    ) async throws -> Answer<Reply> {
        try await store.transact(id, idempotency: key) { _, _ in
            Issue.record("the body ran")
            return .refused(.accountUnknown)
        }
    }

    @Test(
        "R94: the same call under its key gets the first reply and is not done twice",
        arguments: Return.allCases)
    mutating func reply(way: Return) async throws {
        var store = try Bench.make(disk, time)
        let first = try await store.createAccount(id, Draw(&generator), key: Bench.key(1)).reply
        let subject = try await store.read(id).value
        store = try again(store, way)
        time.advance(by: .minutes(59))
        let second = try await repeated(store, Bench.key(1), as: AccountSummary.self).reply
        #expect(second != nil && second == first)
        #expect(try await store.read(id).value == subject)
        #expect(store.status().lettersWaiting == 2)
    }

    @Test("R94: a refusal is repeated too, and spends no second guess", arguments: Return.allCases)
    mutating func refusal(way: Return) async throws {
        var store = try Bench.make(disk, time)
        let draw = Draw(&generator)
        try await store.createAccount(id, draw)
        let wrong = Draw(&generator)
        let first = try await store.activate(id, draw.reset, code: false, wrong, key: Bench.key(1))
        store = try again(store, way)
        let second = try await repeated(store, Bench.key(1), as: Nothing.self)
        #expect(first.reason == .activationRefused)
        #expect(second.reason == .activationRefused)
        #expect(try await store.read(id).value.account?.wrongCodes.count == 1)
    }

    @Test("Another call under a used key is refused", arguments: Return.allCases)
    mutating func reused(way: Return) async throws {
        var store = try Bench.make(disk, time)
        try await store.requestReset(id, Draw(&generator), key: Bench.key(1))
        store = try again(store, way)
        let answer = try await repeated(
            store, Bench.key(1, call: 2), as: RequestReset.Reply.self)
        #expect(answer.reason == .idempotencyKeyReused)
        #expect(answer.reason?.rawValue == "IDEMPOTENCY_KEY_REUSED")
    }

    @Test("A key is good for less than an hour", arguments: Return.allCases)
    mutating func expiry(way: Return) async throws {
        var store = try Bench.make(disk, time)
        try await store.requestReset(id, Draw(&generator), key: Bench.key(1))
        store = try again(store, way)
        time.advance(by: .hours(1) - .milliseconds(1))
        _ = try await repeated(store, Bench.key(1), as: RequestReset.Reply.self)
        time.advance(by: .milliseconds(1))
        try await store.requestReset(id, Draw(&generator), key: Bench.key(1))
        #expect(try await store.read(id).value.traffic.resetRequests.count == 2)
    }

    @Test("A duplicate in flight gets the same answer, after the same sync")
    mutating func inFlight() async throws {
        let store = try Bench.make(disk, time)
        let (first, second) = (Draw(&generator), Draw(&generator))
        let gate = Gate(on: disk)
        gate.close()
        let id = id
        let original = Pending { try await store.createAccount(id, first, key: Bench.key(1)) }
        let copy = Pending { try await store.createAccount(id, second, key: Bench.key(1)) }
        #expect(!original.hasAnswered)
        #expect(!copy.hasAnswered)
        gate.open()
        let answers = try await (original.value.reply, copy.value.reply)
        #expect(answers.0 != nil && answers.0 == answers.1)
        #expect(store.status().lettersWaiting == 2)
    }

    @Test("A caller keeps 10,000 keys, the oldest go first, and nobody else's go")
    func capacity() {
        var table = OutcomeTable()
        let now = time.wall()
        func outcome(_ number: Int, _ caller: String) -> Outcome {
            let key = Bench.key(number, caller: caller)
            return Outcome(
                caller: caller, key: key.key, fingerprint: key.fingerprint,
                at: now + .milliseconds(number), answer: .reply([]))
        }
        func finds(_ number: Int, _ caller: String) -> Bool {
            table.find(Bench.key(number, caller: caller).key, now: now) != nil
        }
        table.add(outcome(0, "b"), sequence: 1)
        for number in 0..<10_001 { table.add(outcome(number, "a"), sequence: 1) }
        #expect(!finds(0, "a"))
        #expect(finds(1, "a") && finds(10_000, "a"))
        #expect(finds(0, "b"))
    }

    @Test("After a restart from a checkpoint, too, the oldest keys go first")
    mutating func order() async throws {
        var store = try Bench.make(disk, time)
        for number in 0..<700 {
            let key = Bench.key(number)
            let (answer, now) = (Outcome.Recorded.reply([]), time.wall())
            store.tables.withLock {
                $0.outcomes.add(
                    Outcome(
                        caller: key.caller, key: key.key, fingerprint: key.fingerprint,
                        at: now, answer: answer), sequence: 0)
            }
            time.advance(by: .seconds(1))
        }
        try await store.requestReset(id, Draw(&generator))
        store = try again(store, .checkpoint)
        // The first 101 are an hour old now, the next call forgets them and no others.
        time.advance(by: .seconds(3600 - 600))
        try await store.requestReset(id, Draw(&generator), key: Bench.key(700))
        let now = time.wall()
        let kept = store.tables.withLock { $0.outcomes.live(at: now).map(\.key) }
        #expect(kept.elementsEqual((101...700).map { Bench.key($0).key }))
    }
}
