// The 64 bytes before every batch: encoder and decoder. Format.swift is the law. Touches memory only.

/// What a batch is for; the raw value is the byte on the disk.
public enum BatchKind: UInt8, Sendable, CaseIterable {
    case records = 1
    case floor, seal, close, open, chunk, footer

    /// Whether it is a batch of the log, and not of a checkpoint.
    var isOfLog: Bool { self != .chunk && self != .footer }

    fileprivate func mayCarry(_ payloadBytes: UInt32, records: UInt32) -> Bool {
        switch self {
        case .records: true
        case .floor, .seal, .close, .open: payloadBytes == 0 && records == 0
        case .chunk, .footer: records == 0
        }
    }
}

/// A batch's header. As a value it is always valid in form; whether it *follows* another is for
/// whoever reads in order.
struct BatchHeader: Equatable {
    var kind: BatchKind
    var storeID: StoreID
    var epoch: UInt64
    var sequence: UInt64
    var previousDigest: UInt64
    var payloadBytes: UInt32
    var records: UInt32
    var payloadChecksum: UInt32

    /// Blocks and all.
    var bytesOnDisk: UInt64 { UInt64(Format.batchBytes(payload: Int(payloadBytes))) }

    /// Writes the header into the first 64 bytes; returns the batch's digest for the one after it.
    func encode(into bytes: UnsafeMutableRawBufferPointer) -> UInt64 {
        bytes.zero(0..<Format.batchHeaderBytes)
        bytes.put(Format.batchMagic, at: 0)
        bytes.put(kind.rawValue, at: 4)
        bytes.put(storeID, at: 8)
        bytes.put(epoch, at: 24)
        bytes.put(sequence, at: 32)
        bytes.put(previousDigest, at: 40)
        bytes.put(payloadBytes, at: 48)
        bytes.put(records, at: 52)
        bytes.put(payloadChecksum, at: 56)
        let checksum = UnsafeRawBufferPointer(bytes).slice(0, 60).checksum
        bytes.put(checksum, at: 60)
        return Self.digest(header: checksum, payload: payloadChecksum)
    }

    /// Nil unless the 64 bytes are a valid header of this store.
    init?(_ bytes: UnsafeRawBufferPointer, of store: StoreID) {
        guard bytes.number(at: 0, as: UInt32.self) == Format.batchMagic,
            bytes.number(at: 60, as: UInt32.self) == bytes.slice(0, 60).checksum
                || !Tooth.headerChecksum.holds,
            let kind = BatchKind(rawValue: bytes[4]), bytes.slice(5, 3).isZero
        else { return nil }
        self.kind = kind
        storeID = bytes.storeID(at: 8)
        epoch = bytes.number(at: 24, as: UInt64.self)
        sequence = bytes.number(at: 32, as: UInt64.self)
        previousDigest = bytes.number(at: 40, as: UInt64.self)
        payloadBytes = bytes.number(at: 48, as: UInt32.self)
        records = bytes.number(at: 52, as: UInt32.self)
        payloadChecksum = bytes.number(at: 56, as: UInt32.self)
        guard storeID == store, (1...Format.numberMax).contains(sequence),
            epoch <= Format.numberMax,
            payloadBytes <= Format.payloadBytesMax, kind.mayCarry(payloadBytes, records: records)
        else { return nil }
    }

    init(
        kind: BatchKind, storeID: StoreID, epoch: UInt64, sequence: UInt64, previousDigest: UInt64,
        records: Int, payload: UnsafeRawBufferPointer
    ) {
        self.kind = kind
        self.storeID = storeID
        self.epoch = epoch
        self.sequence = sequence
        self.previousDigest = previousDigest
        self.payloadBytes = UInt32(payload.count)
        self.records = UInt32(records)
        self.payloadChecksum = payload.checksum
    }

    static func digest(header: UInt32, payload: UInt32) -> UInt64 {
        UInt64(header) | UInt64(payload) << 32
    }
}
