// Inputs to begin with, made anew by each run from journals that today's code writes, so that they
// never fall behind the format, and some that no code of ours would write: the last numbers there are.
import RekeyCore
import RekeyFuzzSubjects
import RekeyJournal
import RekeySimulation

enum Seeds {
    static func make(_ target: FuzzTarget) -> [[UInt8]] {
        switch target {
        case .batches: batches
        case .records: records
        case .checkpoints: checkpoints
        case .frames: WireSeeds.frames
        case .messages: WireSeeds.messages
        case .descriptors: WireSeeds.descriptors
        case .requests: WireSeeds.values(.server)
        case .replies: WireSeeds.values(.client)
        case .connections: ConnectionCheck.seeds
        case .codes: CodeCheck.seeds
        }
    }

    // MARK: fuzz-batches

    private static var batches: [[UInt8]] {
        [SampleJournal.ordinary, SampleJournal.withCheckpoint].map(input) + extremes
    }

    /// A real journal as an input. It must come out again to the last byte: that is the proof that
    /// JournalImage knows the format.
    private static func input(_ files: [String: [UInt8]]) -> [UInt8] {
        let names = files.keys.sorted()
        let checkpoints = names.filter { $0.hasSuffix(".checkpoint") }
        let encoded = names.flatMap { name in
            JournalReading.pieces(of: files[name] ?? []).flatMap(\.encoded)
        }
        let input = [UInt8(checkpoints.count)] + encoded
        let image = input.withUnsafeBytes { bytes in
            var input = FuzzInput(bytes)
            return BatchCheck.image(&input)
        }
        guard image.files == files else { broken("the image of a real journal is that journal") }
        return input
    }

    private static var extremes: [[UInt8]] {
        let last: [UInt8] = .of(UInt64.max)
        let segment = Piece(.file, gap: 8)
        let open = Piece(kind: 5, payload: [])
        let record = Piece(kind: 1, payload: .of(UInt32(1)) + [7])
        var lastEpoch = Piece(.epoch, bytes: [UInt8](repeating: 0, count: 24) + last)
        lastEpoch.bytes[4] = 5
        let lastCheckpoint = Piece(.number, bytes: [UInt8](repeating: 0, count: 32) + last)
        let lastSegment = Piece(
            [.file, .number], gap: 8, bytes: [UInt8](repeating: 0, count: 32) + last)
        let lastButOne = Piece(
            .number, bytes: [UInt8](repeating: 0, count: 32) + .of(UInt64.max - 1))
        let firstSegment = Piece(
            [.file, .sequence], gap: 8, bytes: [UInt8](repeating: 0, count: 40) + .of(UInt64(1)))
        let footer = Piece(kind: 7, payload: [])
        var torn = record
        torn.keeps = .payloadChecksum
        let full = Piece(.file)
        return [
            [segment, open, record, lastEpoch], [segment, open, record, torn],
            [segment, open, record, Piece(kind: 3, payload: []), segment, open],
            [lastSegment, open, record], [full, open, record],
        ].map { [0] + $0.flatMap(\.encoded) }
            + [lastCheckpoint, lastButOne].map {
                [1] + [$0, footer, segment, open, record].flatMap(\.encoded)
            }
            + [[1] + [lastCheckpoint, footer, firstSegment, open].flatMap(\.encoded)]
    }

    // MARK: fuzz-records, fuzz-checkpoints

    private static var records: [[UInt8]] {
        let records = SampleStore.records
        return [store(records.map { ($0, false) }), store(records.map { ($0, true) }, control: 1)]
            + records.map { store([($0, false)]) }
            + [
                store([(Extremes.transaction, false)]),
                store([(Extremes.transaction, false)], control: 1),
            ]
    }

    private static var checkpoints: [[UInt8]] {
        let chunks = SampleStore.chunks.map { ($0, false) }
        let records = SampleStore.records.map { ($0, true) }
        let extreme = (Extremes.chunk, false)
        return [store(chunks), store(chunks + records, control: 1), store([extreme])]
            + records.map { store([extreme, $0]) }
            + [
                store([extreme], control: 2, place: (.max, 1)),
                store([extreme], control: 2, place: (1, .max)),
            ]
    }

    private static func store(
        _ parts: [(bytes: [UInt8], isMarked: Bool)], control: UInt8 = 0,
        place: (UInt64, UInt64) = (1, 1)
    ) -> [UInt8] {
        let where_: [UInt8] = control & 2 == 0 ? [] : .of(place.0) + .of(place.1)
        return [control] + where_
            + parts.flatMap { part in
                .of(UInt16(part.bytes.count) | (part.isMarked ? 0x8000 : 0)) + part.bytes
            }
    }
}
