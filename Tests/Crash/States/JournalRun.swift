// The journal by itself: records of random bytes, several a batch, while another batch is in flight;
// floors, rotations, checkpoints with pruning, openings after a clean end and after none.
import RekeyJournal
import RekeySimulation
import Synchronization

/// One run of the real `Journal`.
final class JournalRun: Workload {
    static let name = "journal"

    private static let directory = "store"
    private static let tag: [UInt8] = [1, 2, 3]
    private static let options = JournalOptions(segmentBytes: 40 << 10, batchBytes: 12 << 10)
    /// Of whoever opens next: with batches so large, most segments are too full to go on with.
    private static let nextOptions = JournalOptions(segmentBytes: 40 << 10, batchBytes: 24 << 10)
    private static let sessions = 4
    private static let stopsPerSession = 14
    /// Numbers in one chunk of a checkpoint, and the bytes that follow them.
    private static let numbersInChunk = 24
    private static let chunkPadding = 2500

    private let storeID: StoreID
    private(set) var changes: [DiskChange] = []
    private var records: [[UInt8]] = []
    private var sequences: [UInt64] = []

    init(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        storeID = StoreID(high: seed, low: 1)
        let disk = SimulatedDisk()
        disk.startRecording()
        let gate = CommitGate(on: disk)
        try create(on: disk)
        disk.noting(0)
        for session in 0..<Self.sessions {
            let journal = try reopen(disk)
            gate.close()
            do {
                defer { gate.open() }
                try work(journal, disk, gate, &generator)
            }
            if session % 2 == 0 { try journal.close() }
        }
        disk.noting(Timeline.session)
        changes = Timeline.ordered(disk.recording, seed: seed, keepingUnused: true)
    }

    func recover(_ disk: SimulatedDisk, closing: Bool) throws -> Int {
        do {
            let (journal, count) = try open(disk, closing ? Self.nextOptions : Self.options)
            if closing { try journal.close() }
            return count
        } catch let error as JournalError where error.code == .notFound {
            let fresh = SimulatedDisk(disk.image)
            try create(on: fresh)
            guard try open(fresh).count == 0 else {
                throw Broken("a store that was just created is not empty")
            }
            return -1
        }
    }

    // MARK: the run

    private func create(on disk: SimulatedDisk) throws {
        try Journal.create(
            directory: Self.directory, disk: disk, options: Self.options, storeID: storeID,
            tag: Self.tag)
    }

    private func reopen(_ disk: SimulatedDisk) throws -> Journal {
        disk.noting(Timeline.session)
        let (journal, count) = try open(disk)
        guard count == records.count else {
            throw Broken("\(count) of \(records.count) records came back without any crash")
        }
        return journal
    }

    /// Appends while batches are held, until the seed has had enough and the journal sleeps.
    private func work(
        _ journal: Journal, _ disk: SimulatedDisk, _ gate: CommitGate,
        _ generator: inout SeededGenerator
    ) throws {
        try append(1, to: journal, disk, &generator)
        for stop in 0... {
            let kind = try gate.stop()
            let isLast = stop >= Self.stopsPerSession
            if generator.next() % 7 == 0 { try checkpoint(journal) }
            let count = isLast ? 0 : Int.random(in: 0...4, using: &generator)
            try append(count, to: journal, disk, &generator)
            guard kind == .floor, count == 0 else {
                gate.pass()
                continue
            }
            // The thread sleeps after this one.
            if isLast { return }
            gate.pass()
            try append(1, to: journal, disk, &generator)
        }
    }

    private func append(
        _ count: Int, to journal: Journal, _ disk: SimulatedDisk,
        _ generator: inout SeededGenerator
    ) throws {
        for _ in 0..<count {
            let length = Int.random(in: 4...2900, using: &generator)
            let record = Self.bytes(length, of: records.count, &generator)
            do throws(JournalError) {
                sequences.append(try journal.append(record))
            } catch {
                // A seal is held, and the batch behind it has had its records.
                guard error.code == .overloaded else { throw error }
                break
            }
            records.append(record)
        }
        guard count > 0, let last = sequences.last else { return }
        let promised = records.count
        journal.whenDurable(last) { result in
            if case .success = result { disk.noting(promised) }
        }
    }

    private func checkpoint(_ journal: Journal) throws {
        let (writer, count) = try beginCheckpoint(journal)
        for first in stride(from: 0, to: count, by: Self.numbersInChunk) {
            let numbers = first..<min(first + Self.numbersInChunk, count)
            try writer.append(Self.chunk(numbers))
        }
        try writer.finish()
    }

    /// Of all that was appended if the journal takes that, though a batch of it is held; else of what
    /// is durable.
    private func beginCheckpoint(_ journal: Journal) throws -> (CheckpointWriter, Int) {
        if let last = sequences.last, last > journal.durable {
            do throws(JournalError) {
                return (try journal.beginCheckpoint(at: last), records.count)
            } catch {
                guard error.code == .checkpointRefused else { throw error }
            }
        }
        let durable = journal.durable
        let count = sequences.count { $0 <= durable }
        return (try journal.beginCheckpoint(at: durable), count)
    }

    // MARK: what was written, and what came back

    private func open(
        _ disk: SimulatedDisk, _ options: JournalOptions = JournalRun.options
    ) throws -> (journal: Journal, count: Int) {
        var count = 0
        let journal = try Journal.open(
            directory: Self.directory, disk: disk, options: options, tag: Self.tag,
            restore: { chunk in
                let end = count + Int(chunk.loadUnaligned(as: UInt32.self))
                guard chunk.elementsEqual(Self.chunk(count..<end)) else {
                    throw Broken("a chunk of a checkpoint is not the one that was written")
                }
                count = end
            },
            replay: { [records] _, record in
                guard count < records.count, record.elementsEqual(records[count]) else {
                    throw Broken("record \(count) is not the one that was appended")
                }
                count += 1
            },
            onFatal: { _ in })
        return (journal, count)
    }

    private static func bytes(
        _ length: Int, of number: Int, _ generator: inout SeededGenerator
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length + 8)
        bytes.append(contentsOf: withUnsafeBytes(of: UInt32(number), Array.init))
        while bytes.count < length {
            withUnsafeBytes(of: generator.next()) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes.prefix(length))
    }

    /// A count, then bytes that follow from the numbers.
    private static func chunk(_ numbers: Range<Int>) -> [UInt8] {
        var generator = SeededGenerator(seed: UInt64(numbers.lowerBound))
        return bytes(chunkPadding, of: numbers.count, &generator)
    }
}
