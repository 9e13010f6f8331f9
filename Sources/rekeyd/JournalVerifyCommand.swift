import ArgumentParser
import RekeyJournal
import RekeyStore

/// `rekeyd journal verify`: is every byte that counts still what was written?
struct JournalVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Read all of a store, change nothing, and list every damage.",
        discussion: """
            Reads each checkpoint, each segment of the log, each batch and record, and what lies \
            behind the last one. Needs no key ring.

            Exit codes: 0 sound · 65 damaged · 74 the disk failed · 75 a server has it open · \
            78 no store there, or of another version
            """)

    @OptionGroup var location: JournalLocation

    func run() async throws {
        let summary = try Self.verify(try await location.inspect())
        for line in summary.lines { print(line) }
        guard let damage = summary.damages.first else { return }
        let more = summary.damages.count - 1
        throw Failure(
            Failure.dataDamaged,
            "\(damage)\(more == 0 ? "" : "; and \(more) more"). Nothing was changed; keep a copy "
                + "of the directory before anything else")
    }

    static func verify(_ inspection: JournalInspection) throws -> JournalSummary {
        var summary = JournalSummary(storeID: inspection.storeID)
        var bar = ProgressBar("verifying", total: inspection.bytes)
        defer { bar.end() }
        let records = StoredRecords()
        let directory = inspection.directory
        func visit(_ item: InspectedItem) throws {
            summary.add(item)
            bar.update(summary.bytesDone)
            guard case .batch(let batch) = item else { return }
            for damage in try unreadable(batch, records, directory) { summary.add(damage) }
        }
        do throws(JournalError) {
            try inspection.walkCheckpoints(visit)
            try inspection.walkLog(visit)
        } catch {
            throw Failure(error)
        }
        return summary
    }

    /// Records whose bytes are whole and mean nothing to this version: a start would refuse them.
    private static func unreadable(
        _ batch: InspectedBatch, _ records: StoredRecords, _ directory: String
    ) throws -> [JournalDamage] {
        var damages: [JournalDamage] = []
        var number = 0
        try batch.forEachRecord { record in
            number += 1
            do throws(StoreError) {
                try records.check(record, in: batch.kind)
            } catch {
                damages.append(
                    JournalDamage(
                        path: "\(directory)/\(batch.file)", offset: batch.offset,
                        expected: "record \(number) of batch \(batch.sequence) to be readable",
                        found: error.reason))
            }
        }
        return damages
    }
}

extension StoreError {
    /// Why a record cannot be read.
    var reason: String {
        if case .unreadable(let text) = self { text } else { "\(self)" }
    }
}
