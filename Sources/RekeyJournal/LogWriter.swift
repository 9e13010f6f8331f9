// The end of the log: writes batches one behind the other, each durable before the next, and changes
// segments. Used by one thread at a time: the opener's, then the commit thread.

/// Writes batches. After it threw once it must not be used again.
final class LogWriter {
    let storeID: StoreID
    private let disk: any Disk
    private let layout: Layout
    private let options: JournalOptions
    private let preparer: SegmentPreparer
    private var segment: FileHeader
    private var file: OpenFile
    private var position: UInt64
    private(set) var cursor: LogCursor

    /// Continues a log where a recovery ended; `open` has to follow before anything else.
    init(
        after end: Recovery.End, disk: any Disk, layout: Layout, options: JournalOptions
    ) throws(JournalError) {
        storeID = end.segment.storeID
        self.disk = disk
        self.layout = layout
        self.options = options
        preparer = SegmentPreparer(
            disk: disk, layout: layout, fileBytes: UInt64(options.segmentBytes))
        segment = end.segment
        position = end.position
        cursor = end.cursor
        file = try disk.open(layout.segment(end.segment.number), .write)
    }

    deinit {
        preparer.abandon()
        disk.close(file)
    }

    /// Whether a segment is ready to follow this one, once it ends. Waits for one that is being made
    /// only when the largest batch would have to be followed by a seal.
    func hasNext() throws(JournalError) -> Bool {
        guard isFull(after: options.batchBytes) else { return false }
        try preparer.begin()
        return try preparer.finish()
    }

    /// Whether no more batches should go into this segment after one of this size: the largest one,
    /// a seal and the reserve have to fit. Known before the batch is written, since the seal takes a
    /// sequence.
    func isFull(after batchBytes: Int) -> Bool {
        let kept = batchBytes + options.batchBytes + options.reserveBytes + Format.blockBytes
        return position + UInt64(kept) > segment.fileBytes
    }

    /// Why there is no room for a next segment; nil while there is, or nobody knows yet.
    func shortage(at now: UInt64) throws(JournalError) -> JournalError? {
        try preparer.shortage(at: now)
    }

    var asksForRoomAt: UInt64? { preparer.asksAgainAt }

    /// What records may still take of this segment without a next one, in bytes.
    var reserveLeft: Int { max(0, bytesLeft - options.endingBytes) }

    /// Up to the seal, which must always fit: without one there can be no next segment.
    private var bytesLeft: Int { Int(segment.fileBytes - position) - Format.blockBytes }

    /// Whether a batch of this kind and size still has its place.
    func holds(_ kind: BatchKind, _ batchBytes: Int) -> Bool {
        batchBytes <= (kind == .open || kind == .close ? bytesLeft : reserveLeft)
    }

    /// Makes room, then begins a new epoch with an empty batch. A full disk does not keep it from
    /// beginning as long as this segment has a block left.
    func open() throws(JournalError) {
        if try hasNext(), isFull(after: 0) { try sealAndRotate() }
        guard holds(.open, Format.blockBytes) else {
            let shortage = try shortage(at: Signal.now)
            throw shortage ?? JournalError(.disk, "\(layout.log) has no room for another segment")
        }
        try write(.open, OpenBatch(batchBytes: Format.blockBytes), epoch: cursor.epoch + 1)
        if try hasNext(), isFull(after: 0) { try sealAndRotate() }
    }

    /// Writes the batch and syncs it: durable on return. Takes the next sequence.
    func write(_ kind: BatchKind, _ batch: OpenBatch) throws(JournalError) {
        try write(kind, batch, epoch: cursor.epoch)
    }

    /// Ends the segment and goes on to the next, which `hasNext` has said is there. In this order:
    /// the next one's header, the seal, the next one's name, each durable before the other. So behind a
    /// seal there is always a segment or the file that was to become it; and the name comes last, which
    /// lets a recovery call an unsealed segment before another one damaged.
    func sealAndRotate() throws(JournalError) {
        let seal = OpenBatch(batchBytes: Format.blockBytes)
        let (_, digest) = seal.seal(
            .seal, store: storeID, epoch: cursor.epoch, sequence: cursor.sequence + 1,
            previousDigest: cursor.digest)
        let header = FileHeader(
            kind: .segment, storeID: storeID, number: segment.number + 1,
            firstSequence: cursor.sequence + 2, epoch: cursor.epoch, previousDigest: digest,
            fileBytes: UInt64(options.segmentBytes))
        try preparer.address(header)
        try write(.seal, seal)
        let next = try preparer.name(header.number)
        disk.close(file)
        file = next
        segment = header
        position = UInt64(Format.blockBytes)
        cursor.kind = nil
    }

    /// Waits for a segment that is being prepared, and leaves its file to the next opening.
    func stopPreparing() { preparer.abandon() }

    private func write(
        _ kind: BatchKind, _ batch: OpenBatch, epoch: UInt64
    ) throws(JournalError) {
        let sequence = cursor.sequence + 1
        let (bytes, digest) = batch.seal(
            kind, store: storeID, epoch: epoch, sequence: sequence, previousDigest: cursor.digest)
        try disk.write(file, bytes, at: position)
        try disk.syncData(file, .batchSync)
        position += UInt64(bytes.count)
        cursor.sequence = sequence
        cursor.epoch = epoch
        cursor.digest = digest
        cursor.kind = kind
        if position > segment.fileBytes / 2, kind != .close { try preparer.begin() }
    }
}
