import RekeyJournal
import RekeySimulation
import Synchronization
import Testing

struct AppendTests {
    @Test("What was appended comes back in order after a clean close")
    func order() async throws {
        var (disk, store) = try Store.fresh()
        try await store.add(count: 20)
        try store.journal.close()
        let again = try Store(on: disk)
        #expect(again.numbers == Store.range(20))
        #expect(again.sequences == again.sequences.sorted())
        #expect(again.journal.recovered.quarantined.isEmpty)
    }

    @Test("close writes what still waits")
    func drain() throws {
        let (disk, store) = try Store.fresh()
        for number in Store.range(30) { _ = try store.journal.append(Store.bytes(of: number)) }
        try store.journal.close()
        #expect(try Store(on: disk).numbers == Store.range(30))
    }

    @Test("After close an append throws closed, and a wait for what was durable succeeds")
    func closed() async throws {
        var (_, store) = try Store.fresh()
        try await store.add()
        let durable = store.journal.durable
        try store.journal.close()
        #expect { try store.journal.append([1]) } throws: {
            ($0 as? JournalError)?.code == .closed
        }
        try await store.journal.untilDurable(durable)
    }

    @Test("A waiter is called only after the sync of its batch")
    func waits() async throws {
        let (disk, store) = try Store.fresh()
        let gate = Gate(on: disk)
        let told = Atomic(false)
        let journal = store.journal
        gate.close()
        let sequence = try journal.append([7])
        try #require(gate.waitForArrival())
        async let done: Void = try withCheckedThrowingContinuation { continuation in
            journal.whenDurable(sequence) { result in
                told.store(true, ordering: .releasing)
                continuation.resume(with: result.mapError { $0 as any Error })
            }
        }
        #expect(journal.durable < sequence)
        let early = told.load(ordering: .acquiring)
        #expect(!early)
        gate.open()
        try await done
        #expect(journal.durable >= sequence)
        let late = told.load(ordering: .acquiring)
        #expect(late)
    }

    @Test("All who append while a batch is in flight ride in the next one")
    func ride() async throws {
        let (disk, store) = try Store.fresh()
        let gate = Gate(on: disk)
        gate.close()
        let first = try store.journal.append([1])
        try #require(gate.waitForArrival())
        let riders = try (0..<50).map { _ in try store.journal.append([2]) }
        #expect(Set(riders) == [first + 1])
        gate.open()
        try await store.journal.untilDurable(first + 1)
        #expect(store.journal.durable >= first + 1)
    }

    @Test("A full open batch while one is in flight refuses as overloaded, and room comes back")
    func overloaded() async throws {
        let (disk, store) = try Store.fresh()
        let gate = Gate(on: disk)
        let half = [UInt8](repeating: 1, count: 4000)
        gate.close()
        _ = try store.journal.append([1])
        try #require(gate.waitForArrival())
        _ = try store.journal.append(half)
        let last = try store.journal.append(half)
        #expect { try store.journal.append(half) } throws: {
            ($0 as? JournalError)?.code == .overloaded
        }
        gate.open()
        try await store.journal.untilDurable(last)
        try await store.journal.untilDurable(try store.journal.append(half))
    }

    @Test("A record that fits no batch is refused, the largest that fits comes back whole")
    func sizes() throws {
        let (disk, store) = try Store.fresh()
        let largest = (8 << 10) - 64 - 4
        #expect { try store.journal.append([UInt8](repeating: 1, count: largest + 1)) } throws: {
            ($0 as? JournalError)?.code == .tooLarge
        }
        _ = try store.journal.append(Store.bytes(of: 0, padding: largest - 4))
        try store.journal.close()
        #expect(try Store(on: disk).numbers == [0])
    }

    @Test("When the queue stays empty one floor batch is written, and no second")
    func floor() async throws {
        let (_, store) = try Store.fresh()
        let last = try store.journal.append([1])
        try await store.journal.untilDurable(last)
        // The batch after it becomes durable without a record: that is the floor.
        try await store.journal.untilDurable(last + 1)
        let next = try store.journal.append([1])
        #expect(next == last + 2)
    }

    @Test("Segments are sealed one after the other, and all of them are read back")
    func rotation() async throws {
        var (disk, store) = try Store.fresh()
        try await store.add(count: 60, padding: 3000)
        try store.journal.close()
        #expect(disk.files(in: "log").filter { $0.hasSuffix(".log") }.count > 10)
        #expect(try Store(on: disk).numbers == Store.range(60))
    }
}
