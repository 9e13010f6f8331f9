// Reads the batches of one file, through one window of aligned memory. Believes nothing: a length from
// the disk is used only once its checksum holds, and nothing is allocated by it. Changes nothing.

/// A reader over one file at a time; its memory (2 MiB) serves all files of a recovery.
final class BatchReader {
    /// What is at an offset. Payloads are valid until the next call.
    enum Found {
        case batch(BatchHeader, digest: UInt64, payload: UnsafeRawBufferPointer)
        /// A valid header before a payload that is not the one it was written with.
        case damagedPayload(BatchHeader)
        case noHeader
    }

    let disk: any Disk
    private let storeID: StoreID
    private let window = AlignedBuffer(unsetByteCount: 2 * Format.batchBytesMax)
    private var windowStart: UInt64 = 0
    private var windowBytes = 0
    private var file: OpenFile?
    private(set) var fileBytes: UInt64 = 0
    /// Whether every file so far was read from the disk itself.
    private(set) var isPastCache = true
    /// Told after each read how much was read so far, in bytes.
    var onRead: (UInt64) -> Void = { _ in }
    private var bytesRead: UInt64 = 0

    init(disk: any Disk, storeID: StoreID) {
        self.disk = disk
        self.storeID = storeID
    }

    /// Reads `path` for the length of `body`. The file is synced before its first byte is read, so that
    /// what is read here is what the next start will find too.
    func reading<Result>(
        _ path: String, _ body: () throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        try disk.withFile(path, Tooth.pastCache.holds ? .read : .write) {
            (file) throws(JournalError) in
            try disk.sync(file, .readSync)
            isPastCache = isPastCache && file.isPastCache
            self.file = file
            defer { self.file = nil }
            fileBytes = try disk.size(of: file)
            windowBytes = 0
            return try body()
        }
    }

    func fileHeader(
        _ kind: FileHeader.Kind, number: UInt64, path: String
    ) throws(JournalError) -> FileHeader {
        // The block alone: what is behind it may not be wanted for a while.
        windowStart = 0
        windowBytes = try read(Format.blockBytes, at: 0)
        let block = try bytes(at: 0, count: Format.blockBytes)
        return try FileHeader(block, kind: kind, number: number, of: storeID, path: path)
    }

    func batch(at offset: UInt64) throws(JournalError) -> Found {
        guard let header = try header(at: offset) else { return .noHeader }
        let whole = try bytes(at: offset, count: Int(header.bytesOnDisk))
        let end = Format.batchHeaderBytes + Int(header.payloadBytes)
        guard whole.count >= end else { return .damagedPayload(header) }
        let payload = whole.slice(Format.batchHeaderBytes, Int(header.payloadBytes))
        guard payload.checksum == header.payloadChecksum || !Tooth.payloadChecksum.holds else {
            return .damagedPayload(header)
        }
        let digest = BatchHeader.digest(
            header: whole.number(at: 60, as: UInt32.self), payload: header.payloadChecksum)
        return .batch(header, digest: digest, payload: payload)
    }

    func header(at offset: UInt64) throws(JournalError) -> BatchHeader? {
        let block = try bytes(at: offset, count: Format.blockBytes)
        guard block.count >= Format.batchHeaderBytes else { return nil }
        return BatchHeader(block.slice(0, Format.batchHeaderBytes), of: storeID)
    }

    /// `count` bytes (at most 2 MiB) from a block boundary on; fewer at the end of the file.
    func bytes(at offset: UInt64, count: Int) throws(JournalError) -> UnsafeRawBufferPointer {
        guard offset < fileBytes else { return .init(start: nil, count: 0) }
        let wanted = Int(min(UInt64(count), fileBytes - offset))
        if offset < windowStart || offset + UInt64(wanted) > windowStart + UInt64(windowBytes) {
            windowBytes = 0
            windowBytes = try read(window.bytes.count, at: offset)
            windowStart = offset
        }
        let start = Int(offset - windowStart)
        return window.first(windowBytes).slice(start, min(wanted, windowBytes - start))
    }

    private func read(_ count: Int, at offset: UInt64) throws(JournalError) -> Int {
        guard let file else { return 0 }
        let bytes = UnsafeMutableRawBufferPointer(rebasing: window.bytes[..<count])
        let got = try disk.read(file, into: bytes, at: offset)
        bytesRead += UInt64(got)
        onRead(bytesRead)
        return got
    }
}
