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

    /// Whether a seal has to follow a batch of this size, so that the largest one and a seal always
    /// fit. Known before the batch is written: the seal takes a sequence.
    func seals(after batchBytes: Int) -> Bool {
        position + UInt64(batchBytes + options.batchBytes + Format.blockBytes) > segment.fileBytes
    }

    /// Makes room, then begins a new epoch with an empty batch.
    func open() throws(JournalError) {
        if cursor.kind == .seal {
            try startSegment()
        } else if seals(after: 0) {
            try sealAndRotate()
        }
        try write(.open, OpenBatch(batchBytes: Format.blockBytes), epoch: cursor.epoch + 1)
        if seals(after: 0) { try sealAndRotate() }
    }

    /// Writes the batch and syncs it: durable on return. Takes the next sequence.
    func write(_ kind: BatchKind, _ batch: OpenBatch) throws(JournalError) {
        try write(kind, batch, epoch: cursor.epoch)
    }

    /// Ends the segment and goes on to the next. The next one's name appears only when the seal is
    /// durable: that is what lets a recovery call an unsealed segment before another one damaged.
    func sealAndRotate() throws(JournalError) {
        try write(.seal, OpenBatch(batchBytes: Format.blockBytes))
        try startSegment()
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
        try disk.syncData(file)
        position += UInt64(bytes.count)
        cursor.sequence = sequence
        cursor.epoch = epoch
        cursor.digest = digest
        cursor.kind = kind
        if position > segment.fileBytes / 2, kind != .close { try preparer.begin() }
    }

    private func startSegment() throws(JournalError) {
        let header = FileHeader(
            kind: .segment, storeID: storeID, number: segment.number + 1,
            firstSequence: cursor.sequence + 1, epoch: cursor.epoch, previousDigest: cursor.digest,
            fileBytes: UInt64(options.segmentBytes))
        let next = try preparer.install(header)
        disk.close(file)
        file = next
        segment = header
        position = UInt64(Format.blockBytes)
        cursor.kind = nil
    }
}
