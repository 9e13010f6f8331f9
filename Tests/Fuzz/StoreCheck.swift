// fuzz-records and fuzz-checkpoints: what the store keeps in a sound journal, through
// EmbeddedStore.open. The journal is valid to the last checksum; its records and chunks are anything.
//
//     0  1  1: the store writes a checkpoint before it is closed; 2: a place follows
//     1 16  place: sequence of the checkpoint (fuzz-checkpoints), number of the segment
//     .  .  records and chunks, each: u16 length (15 bits), then so many bytes. The top bit set:
//           fuzz-records, a record that begins a batch; fuzz-checkpoints, a record, not a chunk
import RekeyCore
import RekeyJournal
import RekeySimulation
import RekeyStore

enum StoreCheck {
    static func run(_ input: inout FuzzInput, withCheckpoint: Bool) {
        let control = input.byte() ?? 0
        let place = control & 2 == 0 ? (1, 1) : Self.place(&input)
        let parts = Self.parts(&input)
        let disk = image(parts, place: place, withCheckpoint: withCheckpoint).disk()
        let subjects = SubjectScan.subjects(
            records: parts.filter { !withCheckpoint || $0.isMarked }.map(\.bytes),
            chunks: parts.filter { withCheckpoint && !$0.isMarked }.map(\.bytes))
        check(disk, subjects, writesCheckpoint: control & 1 != 0)
    }

    private static func check(
        _ disk: SimulatedDisk, _ subjects: [SubjectID], writesCheckpoint: Bool
    ) {
        let time = SimulatedTime()
        let opened = Opening.attempt(disk) { () throws(JournalError) in
            try open(disk, time, writesCheckpoint: writesCheckpoint)
        }
        guard let store = opened else { return }
        // Whatever instants are on the disk, time goes on.
        time.advance(by: .hours(1))
        guard store.failsLogin(of: SubjectScan.stranger) else { return close(store) }
        let content = StoreContent(store, subjects)
        close(store)
        let second = Opening.again { () throws(JournalError) in
            try open(disk, time, writesCheckpoint: false)
        }
        let found = StoreContent(second, subjects)
        guard found == content else {
            broken("a store opens again with the same content")
        }
        close(second)
    }

    private static func open(
        _ disk: SimulatedDisk, _ time: SimulatedTime, writesCheckpoint: Bool
    ) throws(JournalError) -> EmbeddedStore {
        try EmbeddedStore.open(
            directory: JournalImage.directory, disk: disk, options: JournalImage.options, tag: [],
            policy: Policy(), time: time, accepting: [.behind, .ahead],
            checkpointBytes: writesCheckpoint ? 1 : 1 << 30,
            onNotice: { notice in
                if case .checkpoint(.failure(let error)) = notice {
                    broken("a checkpoint succeeds: \(error)")
                }
            },
            onFatal: { broken("a sound disk does not kill the store: \($0)") })
    }

    private static func close(_ store: EmbeddedStore) {
        Opening.must("an open store closes") { () throws(JournalError) in try store.close() }
    }

    // MARK: input

    struct Part {
        var isMarked: Bool
        var bytes: [UInt8]
    }

    private static func parts(_ input: inout FuzzInput) -> [Part] {
        var parts: [Part] = []
        while let length = input.number(UInt16.self) {
            parts.append(
                Part(
                    isMarked: length & 0x8000 != 0, bytes: input.bytes(Int(length & 0x7FFF))))
        }
        return parts
    }

    private static func place(_ input: inout FuzzInput) -> (UInt64, UInt64) {
        (input.number(UInt64.self) ?? 1, input.number(UInt64.self) ?? 1)
    }

    static func image(
        _ parts: [Part], place: (checkpoint: UInt64, segment: UInt64), withCheckpoint: Bool
    ) -> JournalImage {
        var image = JournalImage()
        if withCheckpoint {
            let header = Piece(.number, bytes: header(number: place.checkpoint))
            let chunks = parts.filter { !$0.isMarked }.map { Piece(kind: 6, payload: $0.bytes) }
            image.add(.checkpoint, [header] + chunks + [Piece(kind: 7, payload: [])])
        }
        let header = Piece([.number, .file], gap: 8, bytes: header(number: place.segment))
        image.add(.segment, [header] + batches(parts, withCheckpoint: withCheckpoint))
        return image
    }

    private static func header(number: UInt64) -> [UInt8] {
        [UInt8](repeating: 0, count: 32) + .of(number)
    }

    private static func batches(_ parts: [Part], withCheckpoint: Bool) -> [Piece] {
        var payloads: [[UInt8]] = []
        for part in parts where part.isMarked || !withCheckpoint {
            let record = .of(UInt32(part.bytes.count)) + part.bytes
            if payloads.isEmpty || (part.isMarked && !withCheckpoint) {
                payloads.append(record)
            } else {
                payloads[payloads.count - 1] += record
            }
        }
        return [Piece(kind: 5, payload: [])] + payloads.map { Piece(kind: 1, payload: $0) }
    }
}
