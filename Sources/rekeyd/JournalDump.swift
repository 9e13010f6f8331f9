import RekeyJournal
import RekeyStore
import RekeyWire

/// Turns what an inspection comes by into lines of JSON.
struct JournalDump {
    /// All that was asked for has been printed.
    struct Done: Error {}

    private let sequences: ClosedRange<UInt64>
    private var output: LineOutput
    private let records = StoredRecords()
    private var damage: String?

    init(sequences: ClosedRange<UInt64>, output: LineOutput) {
        self.sequences = sequences
        self.output = output
    }

    mutating func add(_ item: InspectedItem) throws {
        switch item {
        case .file: break
        case .batch(let batch):
            guard batch.sequence <= sequences.upperBound else { throw Done() }
            guard batch.sequence >= sequences.lowerBound else { return }
            try write(Self.members(of: batch))
            var number: Int128 = 0
            try batch.forEachRecord { record in
                number += 1
                try write(
                    [
                        .init("sequence", .integer(Int128(batch.sequence))),
                        .init("record", .integer(number)),
                    ] + members(of: record, in: batch))
            }
        case .tornTail(let file, let range):
            try write([
                .init("file", .string(file)),
                .init("offset", .integer(Int128(range.lowerBound))),
                .init("tornBytes", .integer(Int128(range.count))),
            ])
        case .damage(let damage):
            self.damage = self.damage ?? "\(damage)"
            try write([
                .init("damaged", .string(damage.path)),
                .init("offset", .integer(Int128(damage.offset))),
                .init("expected", .string(damage.expected)),
                .init("found", .string(damage.found)),
            ])
        }
    }

    /// Prints what waits; throws if anything was damaged.
    mutating func end() throws(Failure) {
        try output.flush()
        if let damage { throw Failure(Failure.dataDamaged, "\(damage). Nothing was changed") }
    }

    private mutating func write(_ members: [JSONValue.Member]) throws(Failure) {
        try output.write(JSONValue.object(members).text)
    }

    private static func members(of batch: InspectedBatch) -> [JSONValue.Member] {
        [
            .init("file", .string(batch.file)),
            .init("offset", .integer(Int128(batch.offset))),
            .init("sequence", .integer(Int128(batch.sequence))),
            .init("kind", .string("\(batch.kind)")),
            .init("epoch", .integer(Int128(batch.epoch))),
            .init("previous", .string(Hex.text(batch.previousDigest))),
            .init("digest", .string(Hex.text(batch.digest))),
            .init("bytes", .integer(Int128(batch.payloadBytes))),
            .init("records", .integer(Int128(batch.records))),
        ]
    }

    private mutating func members(
        of record: UnsafeRawBufferPointer, in batch: InspectedBatch
    ) -> [JSONValue.Member] {
        let place: [JSONValue.Member] = [
            .init("bytes", .integer(Int128(record.count))),
            .init("checksum", .string(Hex.text(InspectedBatch.checksum(record)))),
        ]
        do throws(StoreError) {
            let (type, content) = try records.json(record, in: batch.kind)
            return place + [.init("type", .string(type)), .init("content", content)]
        } catch {
            let reason = "\(batch.file), batch \(batch.sequence): unreadable: \(error.reason)"
            damage = damage ?? reason
            return place + [
                .init("unreadable", .string(error.reason)),
                .init("hex", .string(Hex.text(record))),
            ]
        }
    }
}
