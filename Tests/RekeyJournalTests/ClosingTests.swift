import Dispatch
import RekeyJournal
import RekeySimulation
import Synchronization
import Testing

struct ClosingTests {
    /// What the disk and the test tell each other.
    private final class Gate: Sendable {
        let isClosing = Atomic(false)
        let isPrepared = Atomic(false)
    }

    @Test("Closing waits for a segment that is being prepared, so that the next opening is alone")
    func preparation() async throws {
        let options = JournalOptions(segmentBytes: 256 << 10, batchBytes: 64 << 10)
        let (disk, fresh) = try Store.fresh(options)
        var store = fresh
        let held = DispatchSemaphore(value: 0)
        let gate = Gate()
        disk.watch { operation, path in
            let isNext = path.hasSuffix("next.tmp")
            if operation == .open, isNext { held.wait() }
            if operation == .syncData, gate.isClosing.load(ordering: .relaxed) { held.signal() }
            if operation == .sync, isNext { gate.isPrepared.store(true, ordering: .relaxed) }
        }
        // More than half a segment, which begins the next, and less than makes it needed.
        try await store.add(count: 3, padding: 45_000)
        gate.isClosing.store(true, ordering: .relaxed)
        let journal = store.journal
        let wasPrepared = try await withCheckedThrowingContinuation { done in
            DispatchQueue.global().async {
                done.resume(
                    with: Result {
                        try journal.close()
                        return gate.isPrepared.load(ordering: .relaxed)
                    })
            }
        }
        #expect(wasPrepared)
        disk.watch(nil)
        _ = try Store(on: disk, options)
    }
}
