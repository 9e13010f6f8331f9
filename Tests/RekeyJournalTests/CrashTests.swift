import RekeyJournal
import RekeySimulation
import Testing

struct CrashTests {
    /// Appends, sometimes several a batch, sometimes a checkpoint, until the disk is gone; returns how
    /// many numbers were appended and how many of them acknowledged.
    private func work(
        _ store: inout Store, _ generator: inout SeededGenerator, steps: Int
    ) async -> (appended: Int, acknowledged: Int) {
        var acknowledged = store.numbers.count
        do {
            for _ in 0..<steps {
                var last: UInt64 = 0
                for _ in 0..<Int.random(in: 1...4, using: &generator) {
                    let padding = Int.random(in: 0...1900, using: &generator)
                    let number = UInt32(store.numbers.count)
                    last = try store.journal.append(Store.bytes(of: number, padding: padding))
                    store.numbers.append(number)
                }
                try await store.journal.untilDurable(last)
                acknowledged = store.numbers.count
                if Int.random(in: 0..<6, using: &generator) == 0 { try store.checkpoint() }
            }
        } catch {}
        return (store.numbers.count, acknowledged)
    }

    @Test(
        "After any crash all that was acknowledged is there, and the state is a prefix",
        arguments: 0..<200 as Range<UInt64>)
    func crash(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var disk = SimulatedDisk()
        try Store.create(on: disk)
        var acknowledged = 0
        var appended = 0
        for _ in 0..<3 {
            // The power may go while it works, or already while it recovers.
            disk.powerOff(afterOperations: Int.random(in: 1...220, using: &generator))
            if var store = try? Store(on: disk) {
                #expect(store.numbers == Store.range(store.numbers.count))
                #expect((acknowledged...appended).contains(store.numbers.count))
                (appended, acknowledged) = await work(&store, &generator, steps: 40)
            }
            disk = disk.crash(keeping: &generator)
        }
        var store = try Store(on: disk)
        #expect(store.numbers == Store.range(store.numbers.count))
        #expect((acknowledged...appended).contains(store.numbers.count))
        let count = store.numbers.count
        try store.journal.close()
        store = try Store(on: disk)
        #expect(store.numbers == Store.range(count), "recovering twice gives the same")
        try await store.add(count: 3)
        try store.journal.close()
        #expect(try Store(on: disk).numbers == Store.range(count + 3))
    }
}
