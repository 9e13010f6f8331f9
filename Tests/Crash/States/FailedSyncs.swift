// A sync that fails is told once; from then on the page cache shows what the disk never got. The process
// ends, the machine goes on: whoever starts next has what the disk has, and goes on from there. Touches
// no file.
import Dispatch
import Glibc
import RekeyJournal
import RekeySimulation

/// Every sync of one small run of the real journal, failed in turn.
struct FailedSyncs {
    static let name = "syncs"

    private static let directory = "store"
    private static let tag: [UInt8] = [1, 2, 3]
    private static let options = JournalOptions(segmentBytes: 24 << 10, batchBytes: 8 << 10)
    private static let appends: UInt64 = 12

    let seed: UInt64

    func tryAll() throws {
        for operation in [SimulatedDisk.Operation.syncData, .sync] {
            var turn = 0
            while try fails(operation, after: turn) { turn += 1 }
            guard turn > 0 else { throw Broken("no \(operation) was made") }
        }
    }

    /// Whether the run was long enough for this sync to be made, and to fail.
    private func fails(_ operation: SimulatedDisk.Operation, after turn: Int) throws -> Bool {
        let disk = SimulatedDisk()
        try Journal.create(
            directory: Self.directory, disk: disk, options: Self.options,
            storeID: StoreID(high: seed, low: 3), tag: Self.tag)
        let (journal, _) = try open(disk)
        disk.fail(operation, after: turn, errno: EIO)
        var promised: UInt64 = 0
        while promised < Self.appends, try append(promised, to: journal) { promised += 1 }
        do throws(JournalError) {
            try journal.close()
            return false
        } catch {
            guard error.code == .dead else { throw error }
        }
        let (next, count) = try open(disk)
        guard count >= promised else { throw lost(count, of: promised, operation, turn) }
        guard try append(count, to: next) else { throw Broken("a second sync failed") }
        var generator = SeededGenerator(seed: seed)
        do {
            let left = try open(disk.crash(keeping: &generator)).count
            guard left == count + 1 else { throw lost(left, of: count + 1, operation, turn) }
        } catch let error as JournalError {
            throw Broken("\(operation) \(turn) failed, then the power: \(error)")
        }
        return true
    }

    private func lost(
        _ count: UInt64, of promised: UInt64, _ operation: SimulatedDisk.Operation, _ turn: Int
    ) -> Broken {
        Broken("\(operation) \(turn) failed: \(promised) records were promised, \(count) are there")
    }

    /// Whether the record with this number is durable.
    private func append(_ number: UInt64, to journal: Journal) throws -> Bool {
        let sequence: UInt64
        do throws(JournalError) {
            sequence = try journal.append(Self.record(number))
        } catch {
            guard error.code == .dead else { throw error }
            return false
        }
        let (isDurable, told) = (StopFlag(), DispatchSemaphore(value: 0))
        journal.whenDurable(sequence) { result in
            if case .success = result { isDurable.raise() }
            told.signal()
        }
        guard told.wait(timeout: .now() + 60) == .success else {
            throw Broken("record \(number) was neither durable nor lost for a minute")
        }
        return isDurable.isRaised
    }

    /// The journal, and how many records came back, all of them what was appended.
    private func open(_ disk: SimulatedDisk) throws -> (journal: Journal, count: UInt64) {
        var count: UInt64 = 0
        let journal = try Journal.open(
            directory: Self.directory, disk: disk, options: Self.options, tag: Self.tag,
            restore: { _ in },
            replay: { _, record in
                guard record.elementsEqual(Self.record(count)) else {
                    throw Broken("record \(count) is not the one that was appended")
                }
                count += 1
            },
            onFatal: { _ in })
        return (journal, count)
    }

    private static func record(_ number: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: number)
        return (0..<2000 + 300 * number).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
    }
}
