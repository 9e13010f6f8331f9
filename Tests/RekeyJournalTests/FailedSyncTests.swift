import Glibc
import RekeyJournal
import RekeySimulation
import Testing

/// The kernel tells of a failed write once; then the page cache shows what the disk never got.
struct FailedSyncTests {
    @Test("After a failed sync the next start has what the disk has, not what the cache shows")
    func pastCache() async throws {
        var (disk, store) = try Store.fresh()
        try await store.add(count: 3)
        disk.fail(.syncData, errno: EIO)
        let lost = try store.journal.append(Store.bytes(of: 3))
        await #expect { try await store.journal.untilDurable(lost) } throws: {
            ($0 as? JournalError)?.code == .outcomeUnknown
        }
        #expect { try store.journal.close() } throws: { ($0 as? JournalError)?.code == .dead }

        var next = try Store(on: disk)
        #expect(next.numbers == Store.range(3))
        #expect(next.journal.recovered.isPastCache)
        try await next.add(count: 2)
        var generator = SeededGenerator(seed: 1)
        let survivor = disk.crash(keeping: &generator)
        #expect(try Store(on: survivor).numbers == Store.range(5))
    }
}
