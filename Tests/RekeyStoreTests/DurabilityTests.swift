import RekeyCore
import RekeySimulation
import Testing

@testable import RekeyStore

@Suite("A reply waits for the sync that it rests on")
struct DurabilityTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private var generator = SeededGenerator(seed: 1)

    @Test("R28: nobody hears of a change before it is durable, and nobody else waits for it")
    mutating func untilDurable() async throws {
        let store = try Bench.make(disk, time)
        let (known, deleted, untouched): (SubjectID, SubjectID, SubjectID) =
            (generator.id(), generator.id(), generator.id())
        for id in [known, deleted, untouched] {
            try await store.createAccount(id, Draw(&generator))
        }
        let (draw, another) = (Draw(&generator), Draw(&generator))
        let gate = Gate(on: disk)
        gate.close()

        let changed = Pending { try await store.requestReset(known, draw) }
        let removed = Pending { try await store.delete(deleted, another) }
        let read = Pending { try await store.read(known) }
        let refused = Pending { try await store.createAccount(known, draw) }
        let absent = Pending { try await store.read(deleted) }
        let stranger = Pending { try await store.read(SubjectID(rawValue: 1)) }
        let listed = Pending { try await store.list(after: nil, limit: 10) }
        let letters = Pending { try await store.letters(after: nil, limit: 10) }
        let other = Pending { try await store.read(untouched) }

        #expect(other.hasAnswered)
        #expect(!changed.hasAnswered)
        #expect(!removed.hasAnswered)
        #expect(!read.hasAnswered)
        #expect(!refused.hasAnswered)
        #expect(!absent.hasAnswered)
        #expect(!stranger.hasAnswered, "an absence rests on the last removal")
        #expect(!listed.hasAnswered)
        #expect(!letters.hasAnswered)

        gate.open()
        #expect(try await changed.value.reply != nil)
        #expect(try await removed.value.reply != nil)
        #expect(try await read.value.value.account?.resets.count == 2)
        #expect(try await refused.value.reason == .accountExists)
        #expect(try await absent.value.value.account == nil)
        #expect(try await stranger.value.value.account == nil)
        #expect(try await listed.value.value.map(\.id) == [known, untouched].sorted())
        #expect(try await letters.value.count == 8)
    }

    @Test("A session's use that is written does not wait, and is there after a clean end")
    mutating func written() async throws {
        let store = try Bench.make(disk, time)
        let (id, session) = try await loggedIn(store)
        time.advance(by: .seconds(40))
        let gate = Gate(on: disk)
        gate.close()
        let use = Pending { try await store.use(id, session) }
        #expect(use.hasAnswered)
        #expect(try await use.value.reply != nil)
        let usedAt = try await store.read(id).value.account?.sessions.first?.usedAt
        #expect(usedAt == time.wall())
        gate.open()
        try store.close()
        let again = try await Bench.open(disk, time).read(id).value
        #expect(again.account?.sessions.first?.usedAt == usedAt)
    }

    @Test("A session's use that stays in memory writes nothing")
    mutating func memory() async throws {
        let store = try Bench.make(disk, time)
        let (id, session) = try await loggedIn(store)
        let appended = store.lastAppended
        time.advance(by: .seconds(1))
        #expect(try await store.use(id, session).reply != nil)
        #expect(try await store.read(id).value.account?.sessions.first?.usedAt == time.wall())
        #expect(store.lastAppended == appended)
        try store.close()
        let again = try await Bench.open(disk, time).read(id).value
        #expect(again.account?.sessions.first?.usedAt == time.wall() - .seconds(1))
    }

    @Test("A decision that is stale changes nothing and writes nothing")
    mutating func stale() async throws {
        let store = try Bench.make(disk, time)
        let id: SubjectID = generator.id()
        let facts = Login.Facts(
            check: PasswordCheck(version: 5, matches: true), session: generator.id(),
            letters: LetterPair(generator.id(), generator.id()))
        let appended = store.lastAppended
        let answer = try await store.transact(id) { subject, now in
            Login.decide(subject, facts, Bench.policy, now)
        }
        guard case .stale = answer else { return #expect(Bool(false), "\(answer)") }
        #expect(store.lastAppended == appended)
    }

    private mutating func loggedIn(
        _ store: EmbeddedStore
    ) async throws -> (SubjectID, SessionID) {
        let id: SubjectID = generator.id()
        let draw = Draw(&generator)
        try await store.createAccount(id, draw)
        try await store.activate(id, draw.reset, code: true, Draw(&generator))
        let granted = try await store.login(id, password: true, Draw(&generator)).reply
        return (id, try #require(granted).session)
    }
}

extension EmbeddedStore {
    fileprivate func use(
        _ id: SubjectID, _ session: SessionID
    ) async throws(StoreError) -> Answer<CheckSession.Reply> {
        try await transact(id) { subject, now in
            CheckSession.decide(subject, session, Bench.policy, now)
        }
    }
}
