// The first block of a segment and of a checkpoint: encoder and decoder. Format.swift is the law.

/// A file header. `fileBytes` is zero for a checkpoint, which ends where its footer ends.
struct FileHeader: Equatable {
    /// The two kinds of file that begin like this; the raw value is the magic.
    enum Kind {
        case segment, checkpoint

        var magic: UInt64 {
            self == .segment ? Format.segmentMagic : Format.checkpointMagic
        }
    }

    var kind: Kind
    var storeID: StoreID
    var number: UInt64
    var firstSequence: UInt64
    var epoch: UInt64
    var previousDigest: UInt64
    var fileBytes: UInt64

    func encode(into block: UnsafeMutableRawBufferPointer) {
        block.zero(0..<Format.blockBytes)
        block.put(kind.magic, at: 0)
        block.put(Format.version, at: 8)
        block.put(storeID, at: 16)
        block.put(number, at: 32)
        block.put(firstSequence, at: 40)
        block.put(epoch, at: 48)
        block.put(previousDigest, at: 56)
        block.put(fileBytes, at: 64)
        block.put(UnsafeRawBufferPointer(block).slice(0, 4092).checksum, at: 4092)
    }

    /// Throws `.corrupt` naming what is wrong; `path` is for the message.
    init(
        _ block: UnsafeRawBufferPointer, kind: Kind, number: UInt64, of store: StoreID, path: String
    ) throws(JournalError) {
        func require(
            _ holds: Bool, at offset: UInt64, _ expected: String, _ found: @autoclosure () -> String
        ) throws(JournalError) {
            guard !holds else { return }
            throw .corrupt(path, at: offset, expected: expected, found: found())
        }
        try require(block.count == Format.blockBytes, at: 0, "4096 bytes", "\(block.count)")
        let stated = block.number(at: 4092, as: UInt32.self)
        let actual = block.slice(0, 4092).checksum
        try require(
            block.number(at: 0, as: UInt64.self) == kind.magic, at: 0, "a \(kind) header",
            block.isZero ? "zeros" : "other bytes")
        try require(
            stated == actual || !Tooth.fileHeaderChecksum.holds, at: 4092, "checksum \(stated)",
            "\(actual)")
        let version = block.number(at: 8, as: UInt32.self)
        try require(version == Format.version, at: 8, "version \(Format.version)", "\(version)")
        try require(
            block.slice(12, 4).isZero && block.slice(72, 4020).isZero, at: 12, "zeros",
            "other bytes where zeros must be")
        self.kind = kind
        storeID = block.storeID(at: 16)
        self.number = block.number(at: 32, as: UInt64.self)
        firstSequence = block.number(at: 40, as: UInt64.self)
        epoch = block.number(at: 48, as: UInt64.self)
        previousDigest = block.number(at: 56, as: UInt64.self)
        fileBytes = block.number(at: 64, as: UInt64.self)
        try require(storeID == store, at: 16, "this store's id", "another store's")
        try require(self.number == number, at: 32, "number \(number)", "\(self.number)")
        try require(
            max(number, firstSequence, epoch) <= Format.numberMax, at: 32, "numbers up to 2^62",
            "a larger one")
    }

    init(
        kind: Kind, storeID: StoreID, number: UInt64, firstSequence: UInt64, epoch: UInt64,
        previousDigest: UInt64, fileBytes: UInt64
    ) {
        self.kind = kind
        self.storeID = storeID
        self.number = number
        self.firstSequence = firstSequence
        self.epoch = epoch
        self.previousDigest = previousDigest
        self.fileBytes = fileBytes
    }
}
