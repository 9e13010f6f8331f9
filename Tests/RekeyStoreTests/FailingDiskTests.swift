import Glibc
import RekeyCore
import RekeyJournal
import RekeySimulation
import Testing

@testable import RekeyStore

@Suite("A disk that fails")
struct FailingDiskTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private var generator = SeededGenerator(seed: 1)

    @Test("A failed sync leaves the waiting with an unknown outcome and the later with none")
    mutating func failedSync() async throws {
        try Bench.create(on: disk)
        let (fatal, died) = AsyncStream<JournalError>.makeStream()
        let store = try Bench.open(disk, time, onFatal: { died.yield($0) })
        let (settled, changed, later): (SubjectID, SubjectID, SubjectID) =
            (generator.id(), generator.id(), generator.id())
        try await store.createAccount(settled, Draw(&generator))
        let letter = try #require(try await store.letters(due: 1).letters.first)
        let draws = (0..<2).map { _ in Draw(&generator) }
        let gate = Gate(on: disk)
        gate.close()
        disk.fail(.syncData, errno: EIO)
        let write = Pending { try await store.createAccount(changed, draws[0]) }
        let read = Pending { try await store.read(changed) }
        #expect(!write.hasAnswered)
        gate.open()
        await #expect(throws: StoreError.outcomeUnknown) { try await write.value }
        await #expect(throws: StoreError.outcomeUnknown) { try await read.value }

        var deaths = fatal.makeAsyncIterator()
        #expect(await deaths.next()?.fault?.errno == EIO)
        await #expect(throws: StoreError.unavailable) {
            try await store.createAccount(later, draws[1])
        }
        #expect(throws: StoreError.unavailable) { try store.settle([(letter, .gone)]) }
        #expect(try await store.read(settled).value.account != nil)
        #expect(try await store.read(later).value == Subject(id: later))
        #expect(throws: JournalError.self) { try store.close() }
        died.finish()
        #expect(await deaths.next() == nil, "told once")
    }

    @Test("After a failed sync nothing but the waiting call may be there or not", arguments: 0..<20)
    func afterFailure(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let store = try Bench.make(disk, time)
        let (settled, changed): (SubjectID, SubjectID) = (generator.id(), generator.id())
        try await store.createAccount(settled, Draw(&generator))
        let before = try await store.read(settled).value
        disk.fail(.syncData, errno: EIO)
        do {
            try await store.createAccount(changed, Draw(&generator))
            // The floor took the failure; the next write finds the store dead.
            try await store.createAccount(generator.id(), Draw(&generator))
            Issue.record("the failure was swallowed")
        } catch {}
        let again = try Bench.open(disk.crash(keeping: &generator), time)
        #expect(try await again.read(settled).value == before)
        let letters = again.waiting.count
        #expect(letters == 2 * again.status().accounts)
    }

    @Test("Another tag is refused, and nothing is changed")
    mutating func otherTag() async throws {
        try EmbeddedStore.create(
            directory: Bench.directory, disk: disk, storeID: StoreID(high: 3, low: 4),
            tag: Bench.tag)
        let store = try Bench.open(disk, time)
        try await store.createAccount(generator.id(), Draw(&generator))
        try store.close()
        let before = disk.contents
        let error = #expect(throws: JournalError.self) {
            try EmbeddedStore.open(
                directory: Bench.directory, disk: disk, tag: [8], policy: Bench.policy, time: time,
                onFatal: { _ in })
        }
        #expect(error?.code == .otherTag)
        #expect(disk.contents == before)
        #expect(try Bench.open(disk, time).status().accounts == 1)
    }

    @Test("After the end calls are refused, and what was durable can still be read")
    mutating func closed() async throws {
        let store = try Bench.make(disk, time)
        let id: SubjectID = generator.id()
        try await store.createAccount(id, Draw(&generator))
        try store.close()
        let draw = Draw(&generator)
        await #expect(throws: StoreError.unavailable) { try await store.requestReset(id, draw) }
        #expect(try await store.read(id).value.account != nil)
    }
}
