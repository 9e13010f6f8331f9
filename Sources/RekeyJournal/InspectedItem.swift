// What an inspection comes by, in the order of the disk. Values; only a batch's records are memory of
// the reader.

/// One sighting of a walk through a journal.
public enum InspectedItem {
    /// A file begins. Its name is relative to the journal's directory.
    case file(name: String, bytes: UInt64)
    /// A valid batch that follows the one before, or the first behind a damage.
    case batch(InspectedBatch)
    /// What a crash left of the batch in flight: the next start moves it to quarantine.
    case tornTail(file: String, Range<UInt64>)
    case damage(JournalDamage)
}

/// A batch as it stands on the disk.
public struct InspectedBatch {
    /// Relative to the journal's directory.
    public let file: String
    /// Of its header, in bytes from the beginning of the file.
    public let offset: UInt64
    public let kind: BatchKind
    public let epoch: UInt64
    public let sequence: UInt64
    public let previousDigest: UInt64
    public let digest: UInt64
    public let payloadBytes: Int
    /// How many records its header states.
    public let records: Int
    let payload: UnsafeRawBufferPointer

    init(
        _ header: BatchHeader, digest: UInt64, payload: UnsafeRawBufferPointer, file: String,
        offset: UInt64
    ) {
        self.file = file
        self.offset = offset
        kind = header.kind
        epoch = header.epoch
        sequence = header.sequence
        previousDigest = header.previousDigest
        self.digest = digest
        payloadBytes = payload.count
        records = Int(header.records)
        self.payload = payload
    }

    /// Hands over the records, or the chunk that a batch of a checkpoint is. Only while the batch is
    /// being visited, and the bytes only during the call.
    public func forEachRecord(_ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        switch kind {
        case .records:
            _ = try Records.forEach(in: payload, count: UInt32(records)) {
                (record) throws(JournalError) in
                try Recovery.handingOver { try body(record) }
            }
        case .chunk: try body(payload)
        case .floor, .seal, .close, .open, .footer: break
        }
    }

    /// The CRC32C of a record, to compare it with what another reader found.
    public static func checksum(_ record: UnsafeRawBufferPointer) -> UInt32 { record.checksum }
}
