import RekeyJournal
import RekeySimulation
import Testing

@testable import rekeyd

@Suite("rekeyd journal verify")
struct JournalVerifyCommandTests {
    @Test("A batch that is whole, with a record that this version cannot read, is a damage")
    func unreadable() throws {
        let disk = SimulatedDisk()
        let options = JournalOptions(segmentBytes: 1 << 16, batchBytes: 1 << 14)
        try Journal.create(
            directory: "/store", disk: disk, options: options,
            storeID: StoreID(high: 1, low: 2), tag: [])
        let journal = try Journal.open(
            directory: "/store", disk: disk, options: options, tag: [],
            restore: { _ in }, replay: { _, _ in }, onFatal: { _ in })
        _ = try journal.append([9, 9, 9])
        try journal.close()

        let summary = try JournalVerifyCommand.verify(
            try JournalInspection(directory: "/store", disk: disk))
        let damage = try #require(summary.damages.first)
        #expect(summary.damages.count == 1)
        #expect(damage.path == "/store/log/0000000000000001.log" && damage.offset == 8192)
        #expect(damage.found == "a record of type 9, which this version lacks")
        #expect(
            Array(summary.lines.prefix(7)) == [
                "store id     01000000000000000200000000000000",
                "format       1",
                "segments     1",
                "batches      3: 1 records, 1 close, 1 open",
                "records      1",
                "sequences    1 to 3",
                "epochs       1 to 1",
            ])
        #expect(summary.lines.contains("ended        in order"))
        #expect(summary.lines.last == "damage       \(damage)")
    }
}
