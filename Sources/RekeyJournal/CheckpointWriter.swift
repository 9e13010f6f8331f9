// Writes a checkpoint beside the log: chunks under a temp name, footer, sync, rename, sync the
// directory, then all of it once more from the disk. Only a checkpoint that was read back lets old
// files go. Never touches the log that is being written.
import Synchronization

/// One checkpoint being written. Used by one thread at a time; given up when it goes away unfinished.
public final class CheckpointWriter {
    /// The last sequence whose records are in the chunks.
    public let sequence: UInt64

    private let journal: Journal
    private let bytesAtBegin: UInt64
    private let path: String
    private let file: OpenFile
    private var chunk = OpenBatch(batchBytes: Format.batchBytesMax)
    private var cursor: LogCursor
    private var position = UInt64(Format.blockBytes)
    private var chunkBytes: UInt64 = 0
    private var isOpen = true

    init(journal: Journal, sequence: UInt64) throws(JournalError) {
        self.journal = journal
        self.sequence = sequence
        bytesAtBegin = journal.bytesWritten
        path = journal.layout.temporaryCheckpoint(sequence)
        let header = FileHeader(
            kind: .checkpoint, storeID: journal.storeID, number: sequence, firstSequence: 1,
            epoch: journal.epoch, previousDigest: 0, fileBytes: 0)
        cursor = LogCursor(before: header)
        file = try journal.disk.open(path, .create)
        let block = AlignedBuffer(byteCount: Format.blockBytes)
        header.encode(into: block.bytes)
        try journal.disk.write(file, block.first(Format.blockBytes), at: 0)
    }

    deinit {
        guard isOpen else { return }
        journal.disk.close(file)
        // What cannot be removed now is removed at the next opening.
        try? journal.disk.unlink(path)
        journal.isWritingCheckpoint.store(false, ordering: .releasing)
    }

    /// Writes the next piece of the state, at most `Journal.chunkBytesMax` bytes, opaque to the
    /// journal. Throws `.tooLarge` or `.disk`.
    public func append(_ bytes: UnsafeRawBufferPointer) throws(JournalError) {
        guard bytes.count <= Journal.chunkBytesMax else {
            throw JournalError(.tooLarge, "a chunk of \(bytes.count) bytes is above the maximum")
        }
        try write(.chunk, bytes)
        chunkBytes += UInt64(bytes.count)
    }

    /// The same, for an array.
    public func append(_ bytes: [UInt8]) throws(JournalError) {
        try bytes.span.bytes.withUnsafeBytes { (bytes) throws(JournalError) in try append(bytes) }
    }

    /// Makes the checkpoint durable, reads it back, then removes checkpoints, segments and quarantined
    /// copies that the two newest checkpoints make needless. Throws `.disk`, or `.corrupt` when what
    /// came back is not what was written; then no old file is gone. When only the removal fails the
    /// message says so, and the checkpoint counts.
    public func finish() throws(JournalError) {
        let (disk, layout) = (journal.disk, journal.layout)
        let footer = AlignedBuffer(byteCount: 16)
        footer.bytes.put(cursor.sequence, at: 0)
        footer.bytes.put(chunkBytes, at: 8)
        try write(.footer, footer.first(16))
        try disk.sync(file, .checkpointSync)
        try disk.rename(path, to: layout.checkpoint(sequence))
        try disk.syncDirectory(layout.checkpoints, .checkpointNameSync)
        if Tooth.checkpointReread.holds {
            let reader = BatchReader(disk: disk, storeID: journal.storeID)
            try CheckpointReader(reader: reader, layout: layout).verify(sequence)
        }
        journal.checkpointed(bytesAtBegin: bytesAtBegin)
        isOpen = false
        disk.close(file)
        defer { journal.isWritingCheckpoint.store(false, ordering: .releasing) }
        do throws(JournalError) {
            try Pruning(disk: disk, layout: layout, storeID: journal.storeID).run()
        } catch {
            throw JournalError(
                error.code, "the checkpoint is written, but old files stay: \(error.message)",
                fault: error.fault)
        }
    }

    private func write(_ kind: BatchKind, _ bytes: UnsafeRawBufferPointer) throws(JournalError) {
        chunk.fill(bytes)
        let (batch, digest) = chunk.seal(
            kind, store: journal.storeID, epoch: cursor.epoch, sequence: cursor.sequence + 1,
            previousDigest: cursor.digest)
        try journal.disk.write(file, batch, at: position)
        position += UInt64(batch.count)
        cursor.sequence += 1
        cursor.digest = digest
    }
}
