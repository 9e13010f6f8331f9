// What is measured, in order, and how it reads.
import Foundation
import RekeyJournal

struct Report {
    private static let rounds = 9
    private static let recordBytes = 100
    private let folder: String
    private let turn: Duration
    private let disk = CountingDisk()

    init(folder: String, turn: Duration) {
        self.folder = folder
        self.turn = turn
    }

    func run() throws {
        let raw = try RawDisk("\(folder)/raw")
        let journal = try make("\(folder)/journal")
        print(
            "One record of \(Self.recordBytes) bytes a commit; \(Self.rounds) turns of \(turn) each,"
        )
        print(
            "the journal and a bare loop of pwrite + fdatasync in turns; medians. Writers live on")
        print("one thread of their own, but for the one that appends again in its callback.")
        print()
        print(
            "    writers  commits/s   raw syncs/s      η  = batching × device   p99 commit / p99 raw"
                + "  B/commit")
        try row("1, callback", 1, journal, raw) { turn in
            CallbackWriter(journal, recordBytes: Self.recordBytes).run(for: turn)
        }
        for count in [1, 16, 64, 256, 1024] {
            try row("\(count)", count, journal, raw) { turn in
                try Writers(count, journal, recordBytes: Self.recordBytes).run(for: turn)
            }
        }
        try journal.close()
        print()
        try recovery()
    }

    private func row(
        _ name: String, _ count: Int, _ journal: Journal, _ raw: RawDisk,
        _ write: (Duration) throws -> [UInt64]
    ) throws {
        let payload = count * (Self.recordBytes + 4) + 64
        let batchBytes = (payload + 4095) / 4096 * 4096
        var rates: [Double] = []
        var rawRates: [Double] = []
        var etas: [Double] = []
        var batching: [Double] = []
        var device: [Double] = []
        var commits: [UInt64] = []
        var syncs: [UInt64] = []
        var bytes: [Double] = []
        for _ in 0..<Self.rounds {
            let bare = try raw.run(batchBytes, for: turn)
            _ = disk.take()
            let began = Stopwatch.now
            let took = try write(turn)
            let elapsed = Double(Stopwatch.now - began) / 1e9
            let counts = disk.take()
            let rate = Double(took.count) / elapsed
            rates.append(rate)
            rawRates.append(1e6 / bare.mean)
            etas.append(rate * bare.mean / 1e6 / Double(count))
            batching.append(Double(took.count) / Double(counts.syncs) / Double(count))
            device.append(Double(counts.busy) / 1e9 / elapsed)
            bytes.append(Double(counts.bytes) / Double(took.count))
            commits += took
            syncs += bare
        }
        let (p99, raw99) = (commits.percentile(0.99), syncs.percentile(0.99))
        print(
            [
                pad(name, 11), pad(number(rates.median), 10), pad(number(rawRates.median), 13),
                pad(ratio(etas.median), 6), pad(ratio(batching.median), 9), " ×",
                pad(ratio(device.median), 5),
                pad("\(Int(p99)) / \(Int(raw99)) µs = \(ratio(p99 / max(raw99, 1)))", 28),
                pad(number(bytes.median), 9),
            ].joined(separator: " "))
    }

    /// A log that is filled as fast as it takes, then opened.
    private func recovery() throws {
        let path = "\(folder)/filled"
        let journal = try make(path)
        let record = [UInt8](repeating: 0x5A, count: 300)
        var last: UInt64 = 0
        var records = 0
        while records < 1_000_000 {
            if let sequence = try? journal.append(record) {
                last = sequence
                records += 1
            } else {
                let isDurable = DispatchSemaphore(value: 0)
                journal.whenDurable(last) { _ in isDurable.signal() }
                isDurable.wait()
            }
        }
        try journal.close()
        var seconds: [Double] = []
        let bytes = records * (record.count + 4)
        for _ in 0..<5 {
            let began = Stopwatch.now
            let opened = try open(path, SystemDisk())
            seconds.append(Double(Stopwatch.now - began) / 1e9)
            let seen = Int(opened.recovered.records)
            guard seen == records else { throw Lost(expected: records, found: seen) }
            try opened.close()
        }
        print(
            "recovery of \(number(Double(records))) records of \(record.count) bytes:",
            "\(number(Double(bytes) / 1e6 / seconds.median)) MB/s,",
            "\(number(Double(records) / seconds.median)) records/s")
    }

    private struct Lost: Error { let expected, found: Int }

    private func make(_ path: String) throws -> Journal {
        try Journal.create(
            directory: path, disk: disk,
            storeID: StoreID(high: .random(in: 1...UInt64.max), low: 1), tag: [])
        return try open(path, disk)
    }

    private func open(_ path: String, _ disk: any Disk) throws -> Journal {
        try Journal.open(
            directory: path, disk: disk, tag: [], restore: { _ in }, replay: { _, _ in },
            onFatal: { error in
                FileHandle.standardError.write(Data("\(error)\n".utf8))
                exit(1)
            })
    }

    private func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func number(_ value: Double) -> String {
        value.formatted(
            .number.precision(.fractionLength(0)).locale(Locale(identifier: "en_US")))
    }

    private func ratio(_ value: Double) -> String { String(format: "%.2f", value) }
}
