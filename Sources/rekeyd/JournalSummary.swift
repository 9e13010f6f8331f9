import RekeyJournal
import RekeyWire

/// What a walk through a whole journal came by, counted.
struct JournalSummary {
    private(set) var damages: [JournalDamage] = []
    /// Bytes of the files so far, for a progress bar.
    private(set) var bytesDone: UInt64 = 0
    private let storeID: StoreID
    private var segments = 0
    private var checkpoints: [UInt64] = []
    private var batches: [BatchKind: Int] = [:]
    private var records = 0
    private var first: InspectedBatch?
    private var last: InspectedBatch?
    private var torn: (file: String, range: Range<UInt64>)?
    private var bytesBefore: UInt64 = 0
    private var fileBytes: UInt64 = 0

    init(storeID: StoreID) { self.storeID = storeID }

    mutating func add(_ item: InspectedItem) {
        switch item {
        case .file(let name, let bytes):
            bytesBefore += fileBytes
            fileBytes = bytes
            bytesDone = bytesBefore
            if name.hasPrefix("log/") { segments += 1 }
        case .batch(let batch):
            bytesDone = bytesBefore + batch.offset
            add(batch)
        case .tornTail(let file, let range):
            torn = (file, range)
        case .damage(let damage):
            add(damage)
        }
    }

    mutating func add(_ damage: JournalDamage) { damages.append(damage) }

    private mutating func add(_ batch: InspectedBatch) {
        switch batch.kind {
        case .chunk: break
        case .footer: checkpoints += [Self.sequence(ofCheckpoint: batch.file)].compactMap { $0 }
        case .records, .floor, .seal, .close, .open:
            batches[batch.kind, default: 0] += 1
            records += batch.records
            first = first ?? batch
            last = batch
        }
    }

    /// "checkpoint/000000000000002a.checkpoint": 42.
    private static func sequence(ofCheckpoint name: String) -> UInt64? {
        name.split(separator: "/").last?.split(separator: ".").first
            .flatMap { UInt64($0, radix: 16) }
    }

    /// For people, a line a fact.
    var lines: [String] {
        let kinds = BatchKind.allCases.compactMap { kind in batches[kind].map { "\($0) \(kind)" } }
        let asOf = checkpoints.map(String.init).joined(separator: ", ")
        return [
            "store id     \(Hex.text(storeID.high.byteSwapped))\(Hex.text(storeID.low.byteSwapped))",
            "format       \(JournalInspection.formatVersion)",
            "segments     \(segments)",
            "batches      \(batches.values.reduce(0, +))"
                + (kinds.isEmpty ? "" : ": " + kinds.joined(separator: ", ")),
            "records      \(records)",
            "sequences    \(range(\.sequence))",
            "epochs       \(range(\.epoch))",
            "checkpoints  \(checkpoints.count)" + (asOf.isEmpty ? "" : ", as of batch \(asOf)"),
            "ended        \(ending)",
        ] + (damages.isEmpty ? ["damage       none"] : damages.map { "damage       \($0)" })
    }

    private func range(_ number: (InspectedBatch) -> UInt64) -> String {
        guard let first, let last else { return "none" }
        return "\(number(first)) to \(number(last))"
    }

    private var ending: String {
        if let torn {
            return "in the middle of a batch: bytes \(torn.range.lowerBound) to "
                + "\(torn.range.upperBound) of \(torn.file), in flight and never acknowledged, "
                + "will be quarantined at the next start"
        }
        guard let last else { return "never begun" }
        return last.kind == .close ? "in order" : "without a close: killed, or its machine stopped"
    }
}
