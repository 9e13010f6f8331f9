// Real journals of opaque records: what fuzz-batches begins with.
import RekeyJournal
import RekeySimulation

enum SampleJournal {
    /// Two openings, small and large records, a change of segments.
    static var ordinary: [String: [UInt8]] {
        make { journal in
            for size in [0, 1, 40, 5000, 4000, 7000, 3] { append(journal, size) }
        }
    }

    /// A checkpoint in the middle of the log.
    static var withCheckpoint: [String: [UInt8]] {
        make { journal in
            let sequence = append(journal, 9)
            Opening.must("a checkpoint is written") { () throws(JournalError) in
                let writer = try journal.beginCheckpoint(at: sequence)
                try writer.append([UInt8](repeating: 5, count: 100))
                try writer.append([])
                try writer.finish()
            }
            append(journal, 2)
        }
    }

    private static func make(_ use: @escaping (Journal) -> Void) -> [String: [UInt8]] {
        let disk = SimulatedDisk()
        let directory = JournalImage.directory
        Opening.must("a journal is made") { () throws(JournalError) in
            try Journal.create(
                directory: directory, disk: disk, options: JournalImage.options,
                storeID: JournalImage.storeID, tag: [])
            for uses in [use, { _ = append($0, 1) }] {
                let journal = try Journal.open(
                    directory: directory, disk: disk, options: JournalImage.options, tag: [],
                    restore: { _ in }, replay: { _, _ in },
                    onFatal: { broken("a sound disk does not kill the journal: \($0)") })
                uses(journal)
                try journal.close()
            }
        }
        return files(of: disk)
    }

    /// Segments and checkpoints by their names in the journal's folder.
    static func files(of disk: SimulatedDisk) -> [String: [UInt8]] {
        let kept = disk.contents.filter {
            $0.key.hasSuffix(".log") || $0.key.hasSuffix(".checkpoint")
        }
        let prefix = JournalImage.directory.count + 1
        return Dictionary(
            uniqueKeysWithValues: kept.map { (String($0.key.dropFirst(prefix)), $0.value) })
    }

    /// One record in a batch of its own.
    @discardableResult
    private static func append(_ journal: Journal, _ size: Int) -> UInt64 {
        Opening.must("an open journal takes a record") { () throws(JournalError) in
            let sequence = try journal.append([UInt8](repeating: 0xA5, count: size))
            blocking {
                await withCheckedContinuation { done in
                    journal.whenDurable(sequence) { _ in done.resume() }
                }
            }
            return sequence
        }
    }
}
