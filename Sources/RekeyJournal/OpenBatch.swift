// The batch that records are being added to: a header's room, then length-prefixed records.

/// Memory for one batch. Moves, by the swap, from the appenders' lock to the commit thread and back.
struct OpenBatch {
    let buffer: AlignedBuffer
    private(set) var payloadBytes = 0
    private(set) var records = 0

    init(batchBytes: Int) {
        buffer = AlignedBuffer(byteCount: batchBytes)
    }

    var payload: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(buffer.bytes).slice(Format.batchHeaderBytes, payloadBytes)
    }

    var bytesOnDisk: Int { Format.batchBytes(payload: payloadBytes) }

    func bytesOnDisk(adding record: Int) -> Int {
        Format.batchBytes(payload: payloadBytes + Format.recordPrefixBytes + record)
    }

    /// False, and nothing happened, when the record does not fit.
    mutating func add(_ record: UnsafeRawBufferPointer) -> Bool {
        let start = Format.batchHeaderBytes + payloadBytes
        let end = start + Format.recordPrefixBytes + record.count
        guard end <= buffer.bytes.count else { return false }
        buffer.bytes.put(UInt32(record.count), at: start)
        UnsafeMutableRawBufferPointer(
            rebasing: buffer.bytes[start + Format.recordPrefixBytes..<end]
        ).copyMemory(from: record)
        payloadBytes = end - Format.batchHeaderBytes
        records += 1
        return true
    }

    /// Adds raw bytes without a length, for a chunk or a footer; the caller has checked the room.
    mutating func fill(_ bytes: UnsafeRawBufferPointer) {
        let start = Format.batchHeaderBytes
        UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[start..<start + bytes.count])
            .copyMemory(from: bytes)
        payloadBytes = bytes.count
    }

    /// Writes header and padding around the payload; returns the bytes to write and the batch's digest.
    func seal(
        _ kind: BatchKind, store: StoreID, epoch: UInt64, sequence: UInt64, previousDigest: UInt64
    ) -> (bytes: UnsafeRawBufferPointer, digest: UInt64) {
        let header = BatchHeader(
            kind: kind, storeID: store, epoch: epoch, sequence: sequence,
            previousDigest: previousDigest, records: records, payload: payload)
        let digest = header.encode(into: buffer.bytes)
        buffer.bytes.zero(Format.batchHeaderBytes + payloadBytes..<bytesOnDisk)
        return (buffer.first(bytesOnDisk), digest)
    }

    /// Empty again; the old bytes are covered by what comes and never written.
    mutating func clear() {
        payloadBytes = 0
        records = 0
    }
}
