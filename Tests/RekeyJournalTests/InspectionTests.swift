import Foundation
import RekeySimulation
import Synchronization
import Testing

@testable import RekeyJournal

@Suite("A look at a journal")
struct InspectionTests {
    private static let roomy = JournalOptions(segmentBytes: 128 << 10, batchBytes: 8 << 10)

    /// What a walk came by.
    private struct Sightings {
        var files: [String] = []
        var batches: [(file: String, offset: Int, kind: BatchKind, sequence: UInt64)] = []
        var numbers: [UInt32] = []
        var torn: [Range<UInt64>] = []
        var damages: [JournalDamage] = []

        mutating func add(_ item: InspectedItem) throws {
            switch item {
            case .file(let name, _): files.append(name)
            case .batch(let batch):
                batches.append((batch.file, Int(batch.offset), batch.kind, batch.sequence))
                guard batch.kind == .records else { return }
                try batch.forEachRecord { numbers.append($0.loadUnaligned(as: UInt32.self)) }
            case .tornTail(_, let range): torn.append(range)
            case .damage(let damage): damages.append(damage)
            }
        }

        var places: [String] { damages.map { "\($0.path):\($0.offset)" } }
    }

    private func look(at disk: SimulatedDisk) throws -> Sightings {
        let before = disk.contents
        let inspection = try JournalInspection(directory: Store.directory, disk: disk)
        var found = Sightings()
        try inspection.walkCheckpoints { try found.add($0) }
        try inspection.walkLog { try found.add($0) }
        #expect(disk.contents == before, "an inspection changes nothing")
        return found
    }

    /// Closed, with segments of eight blocks and two checkpoints, and nothing pruned before them.
    private func closedJournal() async throws -> SimulatedDisk {
        var (disk, store) = try Store.fresh()
        try await store.add(count: 6, padding: 3000)
        try store.checkpoint()
        try await store.add(count: 6, padding: 3000)
        try store.checkpoint()
        try await store.add(count: 12, padding: 3000)
        try store.journal.close()
        return disk
    }

    /// Closed, four numbers in one segment and no checkpoint.
    private func smallJournal() async throws -> SimulatedDisk {
        var (disk, store) = try Store.fresh(Self.roomy)
        try await store.add(count: 4)
        try store.journal.close()
        return disk
    }

    @Test("A sound journal is seen whole: every file, every batch in order, every record")
    func sound() async throws {
        let disk = try await closedJournal()
        let found = try look(at: disk)
        #expect(found.damages.isEmpty && found.torn.isEmpty)
        #expect(
            found.files
                == (disk.files(in: "checkpoint") + disk.files(in: "log"))
                .filter { !$0.hasSuffix(Layout.temporary) }.map { String($0.dropFirst(6)) })
        let log = found.batches.filter { $0.file.hasPrefix("log/") }
        let first = try #require(log.first?.sequence)
        #expect(log.map(\.sequence) == (0..<UInt64(log.count)).map { first + $0 })
        #expect(log.last?.kind == .close)
        #expect(
            log.count { $0.kind == .seal } == disk.files(in: "log").count { $0.hasSuffix(".log") }
                - 1)
        #expect(found.numbers == Array(Store.range(24).suffix(found.numbers.count)))
        #expect(found.numbers.count >= 18)
        #expect(found.batches.count { $0.kind == .footer } == 2)
        #expect(found.batches.count { $0.kind == .chunk } == 2 + 4)
    }

    @Test("An inspection asks the disk for nothing but reading")
    func readsOnly() async throws {
        let disk = try await closedJournal()
        let asked = Mutex<Set<String>>([])
        disk.watch { operation, _ in asked.withLock { _ = $0.insert("\(operation)") } }
        _ = try look(at: disk)
        #expect(asked.withLock { $0 } == ["list", "lock", "open", "read", "sync"])
    }

    @Test("A journal that is open is refused, and one that was looked at opens")
    func locking() async throws {
        var (disk, store) = try Store.fresh()
        let refusal = #expect(throws: JournalError.self) { try look(at: disk) }
        #expect(refusal?.code == .locked)
        try await store.add()
        try store.journal.close()
        var inspection: JournalInspection? = try JournalInspection(
            directory: Store.directory, disk: disk)
        #expect(disk.refusal()?.code == .locked)
        _ = inspection
        inspection = nil
        #expect(try Store(on: disk).numbers == [0])
    }

    @Test("A copy without a lock file is looked at, and gets none")
    func withoutLock() async throws {
        let disk = try await smallJournal()
        try disk.unlink("store/lock")
        #expect(try look(at: disk).numbers == Store.range(4))
    }

    @Test("What the visitor throws ends the walk and comes out as the cause")
    func visitorThrows() async throws {
        struct Enough: Error {}
        let disk = try await closedJournal()
        let inspection = try JournalInspection(directory: Store.directory, disk: disk)
        var count = 0
        let error = #expect(throws: JournalError.self) {
            try inspection.walkLog { _ in
                count += 1
                if count == 3 { throw Enough() }
            }
        }
        #expect(error?.code == .replayRefused && error?.cause is Enough)
        #expect(count == 3)
    }

    @Test("A torn tail is no damage, and is what the next opening takes away")
    func torn() async throws {
        let disk = try await smallJournal()
        let last = try #require(try look(at: disk).batches.last)
        disk.damage("store/log/0000000000000001.log") { content in
            content[last.offset + 40] ^= 1
            content[last.offset + 6000] = 7
        }
        let found = try look(at: disk)
        #expect(found.damages.isEmpty)
        #expect(found.torn == [UInt64(last.offset)..<UInt64(last.offset + 6001)])
        #expect(try Store(on: disk).journal.recovered.quarantined.count == 1)
    }

    @Test("With one byte changed, anywhere, inspection and opening judge alike")
    func judgesAlike() async throws {
        let log = "store/log/0000000000000001.log"
        let whole = try await smallJournal()
        let batches = try look(at: whole).batches
        let content = try #require(whole.contents[log])
        var verdicts: [String: Int] = [:]
        let places =
            Array(stride(from: 0, to: 80, by: 3)) + [4090, 4095]
            + batches.flatMap { Array(stride(from: $0.offset, to: $0.offset + 80, by: 5)) }
            + Array(stride(from: 4096, to: content.count, by: 1999))
        for place in places {
            let disk = whole.copy()
            disk.damage(log) { $0[place] ^= 0x10 }
            let found = try look(at: disk)
            let verdict: String
            if let refusal = disk.copy().refusal() {
                verdict = "damaged"
                #expect(found.damages.first == refusal.damage, "byte \(place)")
            } else {
                let isTorn = try !Store(on: disk).journal.recovered.quarantined.isEmpty
                verdict = isTorn ? "torn" : "sound"
                #expect(found.damages.isEmpty, "byte \(place)")
                #expect(found.torn.isEmpty != isTorn, "byte \(place)")
            }
            verdicts[verdict, default: 0] += 1
        }
        #expect(verdicts.keys.sorted() == ["damaged", "sound", "torn"])
    }

    @Test("Behind a damage the walk goes on: all of several are listed, the rest is seen")
    func several() async throws {
        let disk = try await smallJournal()
        let log = "store/log/0000000000000001.log"
        let sound = try look(at: disk).batches
        let records = sound.filter { $0.kind == .records }
        disk.damage(log) { content in
            content[20] ^= 1  // the file's header
            content[records[0].offset + 66] ^= 1  // a payload
            content[records[2].offset + 33] ^= 1  // a header
        }
        let found = try look(at: disk)
        #expect(
            found.places == [
                "\(log):4092", "\(log):\(records[0].offset)", "\(log):\(records[2].offset)",
            ])
        #expect(found.numbers == [1, 3])
        #expect(
            found.batches.map(\.offset)
                == sound.map(\.offset).filter { $0 != records[0].offset && $0 != records[2].offset }
        )
    }

    @Test("A batch that was lost whole is named by its place, and the next one is found")
    func lostBatch() async throws {
        let disk = try await smallJournal()
        let log = "store/log/0000000000000001.log"
        let lost = try #require(try look(at: disk).batches.filter { $0.kind == .records }.last)
        disk.damage(log) { content in
            for index in lost.offset..<lost.offset + 4096 { content[index] = 0 }
        }
        let found = try look(at: disk)
        #expect(found.places == ["\(log):\(lost.offset)"])
        #expect(found.damages.first?.expected == "batch \(lost.sequence)")
        #expect(found.numbers == [0, 1, 2])
    }

    @Test("A whole batch whose records do not tile it is named, as an opening names it")
    func lengths() async throws {
        let disk = try await smallJournal()
        let log = "store/log/0000000000000001.log"
        let last = try #require(try look(at: disk).batches.filter { $0.kind == .records }.last)
        disk.damage(log) { content in
            content.withUnsafeMutableBytes { bytes in
                let batch = UnsafeMutableRawBufferPointer(rebasing: bytes[last.offset...])
                guard
                    var header = BatchHeader(
                        UnsafeRawBufferPointer(batch).slice(0, 64), of: Store.id)
                else { return }
                batch[64] += 1
                let payload = UnsafeRawBufferPointer(batch).slice(64, Int(header.payloadBytes))
                header.payloadChecksum = payload.checksum
                _ = header.encode(into: batch)
                batch.zero(4096..<batch.count)
            }
        }
        let found = try look(at: disk)
        #expect(found.places == ["\(log):\(last.offset)"])
        #expect(found.damages.first == disk.refusal()?.damage)
        #expect(found.damages.first?.found == "other lengths")
    }

    @Test("Missing, shortened and swapped segments are named, and the others are read")
    func segments() async throws {
        var (whole, store) = try Store.fresh()
        try await store.add(count: 20, padding: 3000)
        try store.journal.close()
        let logs = whole.files(in: "log").filter { $0.hasSuffix(".log") }
        try #require(logs.count > 4)
        let all = try look(at: whole).batches

        let missing = whole.copy()
        try missing.unlink(logs[1])
        #expect(try look(at: missing).places == ["\(logs[1]):0"])

        let firstMissing = whole.copy()
        try firstMissing.unlink(logs[0])
        #expect(try look(at: firstMissing).places == ["\(logs[1]):40"])

        let shortened = whole.copy()
        shortened.damage(logs[1]) { $0.removeLast(4096) }
        #expect(try look(at: shortened).places.first == "\(logs[1]):64")

        let swapped = whole.copy()
        let other = try #require(whole.contents[logs[2]])
        swapped.damage(logs[1]) { $0 = other }
        let found = try look(at: swapped)
        #expect(found.places.first == "\(logs[1]):32")
        #expect(found.batches.last?.sequence == all.last?.sequence)

        let strayed = whole.copy()
        strayed.damage(logs[1]) { content in
            content.withUnsafeMutableBytes { bytes in
                let block = UnsafeRawBufferPointer(bytes).slice(0, 4096)
                guard
                    var header = try? FileHeader(
                        block, kind: .segment, number: 2, of: Store.id, path: "")
                else { return }
                header.previousDigest ^= 1
                header.encode(into: bytes)
            }
        }
        #expect(try look(at: strayed).places == ["\(logs[1]):32", "\(logs[1]):4096"])
        #expect(try look(at: strayed).batches.count == all.count)

        let none = whole.copy()
        for log in logs { try none.unlink(log) }
        #expect(try look(at: none).places == ["store/log:0"])
    }

    @Test("A damaged checkpoint is named; the log is then held against the older one")
    func checkpoints() async throws {
        let whole = try await closedJournal()
        let paths = whole.files(in: "checkpoint").filter { $0.hasSuffix(".checkpoint") }
        try #require(paths.count == 2)
        for (place, offset) in [(33, 4092), (4096 + 70, 4096), (2 * 4096 + 10, 2 * 4096)] {
            let disk = whole.copy()
            disk.damage(paths[1]) { $0[place] ^= 1 }
            #expect(try look(at: disk).places == ["\(paths[1]):\(offset)"])
        }
        // Without either the log begins too late: pruning left only what the older one needs.
        let disk = whole.copy()
        for path in paths { disk.damage(path) { $0[4100] ^= 1 } }
        let log = disk.files(in: "log")[0]
        #expect(try look(at: disk).places == paths.map { "\($0):4096" } + ["\(log):40"])
    }

    @Test("A manifest that does not hold is the one damage: no other file can be judged")
    func manifest() async throws {
        let disk = try await smallJournal()
        disk.damage("store/manifest") { $0[20] ^= 1 }
        let error = #expect(throws: JournalError.self) { try look(at: disk) }
        #expect(error?.damage?.path == "store/manifest" && error?.damage?.offset == 4092)
    }
}
