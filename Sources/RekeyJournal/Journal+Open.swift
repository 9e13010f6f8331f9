// How a journal comes to be, and how it is opened again. The lock is taken before anything is read,
// and nothing is written before everything was read and judged.
import Glibc

extension Journal {
    /// Makes an empty journal in `directory` (created with mode 0700 if it is not there; its parent
    /// must be). The manifest comes last: a crash before leaves something that `create` may be called
    /// on again. `tag`, at most 64 bytes, has to be shown at each opening.
    ///
    /// Throws `.alreadyExists`, `.locked` or `.disk`.
    public static func create(
        directory: String, disk: any Disk, options: JournalOptions = JournalOptions(),
        storeID: StoreID, tag: [UInt8]
    ) throws(JournalError) {
        precondition(tag.count <= Format.tagBytesMax, "a tag is at most 64 bytes")
        precondition(storeID != StoreID(high: 0, low: 0), "a store id is never zero")
        let layout = Layout(directory: directory)
        try disk.makeDirectory(directory)
        let lock = try disk.lock(layout.lock)
        defer { disk.close(lock) }
        for path in [layout.log, layout.checkpoints, layout.quarantine] {
            try disk.makeDirectory(path)
        }
        let header = FileHeader(
            kind: .segment, storeID: storeID, number: 1, firstSequence: 1, epoch: 0,
            previousDigest: 0, fileBytes: UInt64(options.segmentBytes))
        try clearLeftovers(layout, disk, header)
        try disk.syncDirectory(directory, .journalNameSync)
        try disk.syncDirectory("\(directory)/..", .journalNameSync)
        let preparer = SegmentPreparer(disk: disk, layout: layout, fileBytes: header.fileBytes)
        try preparer.address(header)
        disk.close(try preparer.name(header.number))
        try Manifest(storeID: storeID, tag: tag).write(to: layout, on: disk)
    }

    /// Opens a journal for this process alone and brings its content back: the chunks of the newest
    /// valid checkpoint to `restore`, then each later record with its batch's sequence to `replay`, in
    /// order, on the calling thread; bytes are valid during the call only. What they throw ends the
    /// opening with `.replayRefused`, and so does what `accept` throws, which is called when all was
    /// read and nothing was written. If this throws, whatever they built so far is worth nothing.
    /// `progress` is told how many bytes were read, of how many.
    ///
    /// `onShortage` is called on the commit thread when the disk has no room for the next segment, with
    /// why, and with nil when it has again: see `isFull`. `onFatal` is called once, on the commit thread, when a write or sync has failed: end the process.
    ///
    /// Throws `.notFound`, `.locked`, `.unknownVersion`, `.otherTag` or `.corrupt` with nothing
    /// changed, or `.disk`.
    public static func open(
        directory: String, disk: any Disk, options: JournalOptions = JournalOptions(), tag: [UInt8],
        restore: (UnsafeRawBufferPointer) throws -> Void,
        replay: (UInt64, UnsafeRawBufferPointer) throws -> Void,
        accept: () throws -> Void = {},
        progress: @escaping (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in },
        onShortage: @escaping @Sendable (JournalError?) -> Void = { _ in },
        onFatal: @escaping @Sendable (JournalError) -> Void
    ) throws(JournalError) -> Journal {
        let layout = Layout(directory: directory)
        try requireManifest(layout, disk)
        let lock = try disk.lock(layout.lock)
        do throws(JournalError) {
            let manifest = try Manifest.read(from: layout, on: disk)
            guard manifest.tag == tag else {
                throw JournalError(
                    .otherTag,
                    "\(layout.manifest) belongs to another owner than the one opening it: "
                        + "give the key ring it was created with. Nothing was changed")
            }
            var recovery = Recovery(disk: disk, layout: layout, storeID: manifest.storeID)
            let end = try recovery.run(
                restore: restore, replay: replay, accept: accept, progress: progress)
            return try Journal(
                disk: disk, layout: layout, options: options, lock: lock, end: end,
                onShortage: onShortage, onFatal: onFatal)
        } catch {
            disk.close(lock)
            throw error
        }
    }

    static func requireManifest(
        _ layout: Layout, _ disk: any Disk
    ) throws(JournalError) {
        do throws(JournalError) {
            if try disk.list(layout.directory).contains("manifest") { return }
        } catch {
            guard error.fault?.errno == ENOENT else { throw error }
        }
        throw JournalError(.notFound, "no journal in \(layout.directory): create one first")
    }

    /// An interrupted `create` leaves temp files and an unused first segment; those may go. Anything
    /// else may be somebody's data.
    private static func clearLeftovers(
        _ layout: Layout, _ disk: any Disk, _ header: FileHeader
    ) throws(JournalError) {
        let segments = try layout.segments(on: disk)
        let checkpoints = try layout.checkpointSequences(on: disk)
        let names = try disk.list(layout.directory)
        var holdsData =
            names.contains("manifest") || !checkpoints.isEmpty || segments.contains { $0 != 1 }
        if segments == [1], !holdsData {
            let reader = BatchReader(disk: disk, storeID: header.storeID)
            let tail = try reader.reading(layout.segment(1)) { () throws(JournalError) in
                try reader.scanTail(
                    from: UInt64(Format.blockBytes), after: LogCursor(before: header),
                    hasLaterSegment: false, checkpoint: 0)
            }
            holdsData = tail.endOfContent != nil
        }
        guard !holdsData else {
            throw JournalError(
                .alreadyExists,
                "\(layout.directory) holds a journal or parts of one: open it, or name another")
        }
        if segments == [1] { try disk.unlink(layout.segment(1)) }
        try disk.removeTemporaries(in: layout.directory)
        try disk.removeTemporaries(in: layout.log)
    }
}
