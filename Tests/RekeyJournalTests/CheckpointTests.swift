import Glibc
import RekeySimulation
import Testing

@testable import RekeyJournal

struct CheckpointTests {
    @Test("A checkpoint brings its state back, and only later records are replayed")
    func restores() async throws {
        var (disk, store) = try Store.fresh()
        try await store.add(count: 10)
        let sequence = try store.checkpoint()
        // At most a floor came in the meantime.
        #expect(store.journal.bytesSinceCheckpoint <= 4096)
        try await store.add(count: 2)
        #expect(store.journal.bytesSinceCheckpoint >= 8192)
        try store.journal.close()
        let again = try Store(on: disk)
        #expect(again.numbers == Store.range(12))
        #expect(again.sequences.count == 2)
        #expect(again.sequences.allSatisfy { $0 > sequence })
        #expect(again.journal.recovered.checkpoint == sequence)
        #expect(again.journal.bytesSinceCheckpoint >= 8192)
    }

    @Test("Two checkpoints are kept, and the log from the older; everything older goes")
    func keepsTwo() async throws {
        var (disk, store) = try Store.fresh()
        var sequences: [UInt64] = []
        for round in 1...5 {
            try await store.add(count: 12, padding: 3000)
            sequences.append(try store.checkpoint())
            #expect(disk.files(in: "checkpoint").count == min(round, 2))
        }
        let kept = sequences.suffix(2).map { "store/checkpoint/\(Layout.hex($0)).checkpoint" }
        #expect(disk.files(in: "checkpoint") == kept)
        try store.journal.close()
        #expect(disk.contents["store/log/0000000000000001.log"] == nil)

        disk.damage(kept[1]) { $0[4096 + 64] ^= 1 }
        let again = try Store(on: disk)
        #expect(again.numbers == Store.range(60))
        #expect(again.journal.recovered.checkpoint == sequences[3])
        #expect(again.journal.recovered.quarantined.count == 1)
        try again.journal.close()
        #expect(try Store(on: disk).numbers == Store.range(60))

        disk.damage(kept[0]) { $0[4096 + 64] ^= 1 }
        #expect(disk.refusal()?.code == .corrupt)
    }

    @Test("A damaged byte anywhere in a checkpoint never brings back another state")
    func everyByte() async throws {
        var (whole, store) = try Store.fresh()
        try await store.add(count: 5)
        try store.checkpoint()
        try store.journal.close()
        let path = whole.files(in: "checkpoint")[0]
        let count = try #require(whole.contents[path]).count
        for place in Array(0..<96) + Array(stride(from: 96, to: count, by: 59)) {
            let disk = whole.copy()
            disk.damage(path) { $0[place] ^= 1 }
            #expect(try Store(on: disk).numbers == Store.range(5), "byte \(place)")
        }
    }

    @Test("A log that ends before its checkpoint is refused, though all of it is valid")
    func logLost() async throws {
        var (disk, store) = try Store.fresh()
        let before = disk.copy()
        try await store.add(count: 3)
        try store.checkpoint()
        try store.journal.close()
        let old = try #require(before.contents["store/log/0000000000000001.log"])
        disk.damage("store/log/0000000000000001.log") { $0 = old }
        #expect(disk.refusal()?.code == .corrupt)
    }

    @Test("Old files go only when the new checkpoint was read back")
    func verifiesFirst() async throws {
        var (disk, store) = try Store.fresh()
        for _ in 0..<2 {
            try await store.add(count: 12, padding: 3000)
            try store.checkpoint()
        }
        try await store.add(count: 12, padding: 3000)
        // The next segment is made meanwhile, and then has another name.
        let files = Set(disk.contents.keys.filter { !$0.hasSuffix(".tmp") })
        disk.watch { [disk] operation, path in
            // The medium loses a chunk between the writing and the reading back.
            guard operation == .syncDirectory, path == "store/checkpoint" else { return }
            disk.watch(nil)
            guard let new = disk.files(in: "checkpoint").last else { return }
            disk.damage(new) { $0[4096 + 64] ^= 1 }
        }
        #expect { try store.checkpoint() } throws: { ($0 as? JournalError)?.code == .corrupt }
        #expect(files.isSubset(of: Set(disk.contents.keys)))
        try store.journal.close()
        #expect(try Store(on: disk).numbers == Store.range(36))
    }

    @Test("A checkpoint that was given up leaves nothing, and the next one may begin")
    func givenUp() async throws {
        var (disk, store) = try Store.fresh()
        try await store.add()
        do {
            let writer = try store.journal.beginCheckpoint(at: store.journal.durable)
            #expect { try store.journal.beginCheckpoint(at: 1) } throws: {
                ($0 as? JournalError)?.code == .checkpointRefused
            }
            try writer.append([1, 2, 3, 4])
        }
        #expect(disk.files(in: "checkpoint").isEmpty)
        try store.checkpoint()
        #expect(disk.files(in: "checkpoint").count == 1)
    }

    @Test("A checkpoint at a sequence that is not durable is refused")
    func notDurable() throws {
        let (_, store) = try Store.fresh()
        #expect { try store.journal.beginCheckpoint(at: store.journal.durable + 1) } throws: {
            ($0 as? JournalError)?.code == .checkpointRefused
        }
    }

    @Test("R88: a quarantined copy goes when the second checkpoint after it is verified")
    func quarantineGoes() async throws {
        let (disk, first) = try Store.fresh()
        try first.journal.close()
        // The close batch is torn.
        disk.damage("store/log/0000000000000001.log") { content in
            if let end = content.lastIndex(where: { $0 != 0 }) { content[end] ^= 1 }
        }
        var store = try Store(on: disk)
        #expect(disk.files(in: "quarantine").count == 1)
        try await store.add()
        try store.checkpoint()
        #expect(disk.files(in: "quarantine").count == 1)
        try await store.add()
        try store.checkpoint()
        #expect(disk.files(in: "quarantine").isEmpty)
    }
}
