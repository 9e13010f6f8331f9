import RekeySimulation
import Testing

@testable import RekeyJournal

struct DamageTests {
    private static let log = "store/log/0000000000000001.log"

    /// A closed journal of four numbers, each in a batch of its own, and where its batches are.
    private func closedJournal() async throws
        -> (SimulatedDisk, [(offset: Int, header: BatchHeader)])
    {
        var (disk, store) = try Store.fresh(
            JournalOptions(segmentBytes: 128 << 10, batchBytes: 8 << 10))
        try await store.add(count: 4)
        try store.journal.close()
        let content = try #require(disk.contents[Self.log])
        let batches = stride(from: 4096, to: content.count, by: 4096).compactMap { offset in
            content.withUnsafeBytes { BatchHeader($0.slice(offset, 64), of: Store.id) }
                .map { (offset, $0) }
        }
        return (disk, batches)
    }

    @Test("A torn last batch is quarantined, the rest is kept, and a second opening gives the same")
    func torn() async throws {
        let (disk, batches) = try await closedJournal()
        let last = try #require(batches.last { $0.header.kind == .records })
        disk.damage(Self.log) { content in
            content[last.offset + 70] ^= 0xFF
            for index in last.offset + 4096..<content.count { content[index] = 0 }
            content[last.offset + 8000] = 1
        }
        let torn = try #require(disk.contents[Self.log])[last.offset..<last.offset + 8192]
        let store = try Store(on: disk)
        let behind = try #require(disk.contents[Self.log])[(last.offset + 4096)...]
        #expect(behind.allSatisfy { $0 == 0 }, "behind the new open batch")
        #expect(store.numbers == Store.range(3))
        #expect(store.journal.recovered.quarantined.count == 1)
        let copies = disk.files(in: "quarantine")
        #expect(copies.count == 1)
        #expect(disk.contents[copies[0]] == Array(torn))
        try store.journal.close()
        var again = try Store(on: disk)
        #expect(again.numbers == Store.range(3))
        #expect(again.journal.recovered.quarantined.isEmpty)
        try await again.add()
        try again.journal.close()
        #expect(try Store(on: disk).numbers == Store.range(4))
    }

    @Test("A damaged byte anywhere is harmless, refused unchanged, or costs only the last batch")
    func everyByte() async throws {
        let (whole, batches) = try await closedJournal()
        let content = try #require(whole.contents[Self.log])
        let last = try #require(batches.last)
        var refused = 0
        var identical = 0
        var places = Array(0..<80) + Array(4090..<4096) + Array(stride(from: 80, to: 4090, by: 97))
        for batch in batches {
            let end = batch.offset + 64 + Int(batch.header.payloadBytes)
            places += Array(batch.offset..<end)
            places += Array(stride(from: end, to: batch.offset + 4096, by: 211))
        }
        places += Array(stride(from: last.offset + 4096, to: content.count, by: 1013))
        for place in places {
            let disk = whole.copy()
            disk.damage(Self.log) { $0[place] ^= 0x10 }
            let damaged = disk.contents
            do {
                let store = try Store(on: disk)
                // The last batch is the close batch: losing it loses no record.
                #expect(store.numbers == Store.range(4), "byte \(place)")
                if !store.journal.recovered.quarantined.isEmpty {
                    #expect(place >= last.offset, "byte \(place)")
                }
                identical += 1
            } catch {
                let error = try #require(error as? JournalError)
                #expect(error.code == .corrupt, "byte \(place)")
                #expect(error.message.contains("0000000000000001.log"))
                #expect(disk.contents == damaged, "byte \(place)")
                #expect(place < last.offset, "byte \(place)")
                refused += 1
            }
        }
        #expect(refused > 64 * (batches.count - 1))
        #expect(identical > 64)
    }

    @Test("A damaged byte anywhere in the manifest is refused, and nothing is changed")
    func everyManifestByte() async throws {
        let (whole, _) = try await closedJournal()
        for place in Array(0..<100) + Array(stride(from: 100, to: 4092, by: 61)) + [4092, 4095] {
            let disk = whole.copy()
            disk.damage("store/manifest") { $0[place] ^= 0x10 }
            let damaged = disk.contents
            let code = try #require(disk.refusal()).code
            #expect(code == .corrupt || (8..<12).contains(place) && code == .unknownVersion)
            #expect(disk.contents == damaged)
        }
    }

    @Test("A missing, shortened or swapped segment is refused")
    func segments() async throws {
        var (whole, store) = try Store.fresh()
        try await store.add(count: 20, padding: 3000)
        try store.journal.close()
        let logs = whole.files(in: "log").filter { $0.hasSuffix(".log") }
        try #require(logs.count > 4)
        let missing = whole.copy()
        try missing.unlink(logs[1])
        #expect(missing.refusal()?.code == .corrupt)
        let firstMissing = whole.copy()
        try firstMissing.unlink(logs[0])
        #expect(firstMissing.refusal()?.code == .corrupt)
        let shortened = whole.copy()
        shortened.damage(logs[1]) { $0.removeLast(4096) }
        #expect(shortened.refusal()?.code == .corrupt)
        let swapped = whole.copy()
        let other = try #require(whole.contents[logs[2]])
        swapped.damage(logs[1]) { $0 = other }
        #expect(swapped.refusal()?.code == .corrupt)
        let none = whole.copy()
        for log in logs { try none.unlink(log) }
        #expect(none.refusal()?.code == .corrupt)
    }

    @Test("A batch that was lost whole, with a later one present, is refused")
    func lostBatch() async throws {
        let (disk, batches) = try await closedJournal()
        let lost = try #require(batches.first { $0.header.kind == .records })
        disk.damage(Self.log) { content in
            for index in lost.offset..<lost.offset + 4096 { content[index] = 0 }
        }
        let refusal = try #require(disk.refusal())
        #expect(refusal.code == .corrupt)
        #expect(refusal.message.contains("at byte \(lost.offset)"))
    }
}
