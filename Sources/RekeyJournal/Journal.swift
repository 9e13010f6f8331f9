// The write-ahead log and its checkpoints: the room's front door. RekeyStore comes in; it brings bytes
// and gets back order and durability. The journal knows no event and touches one directory, through
// the disk it is given.
//
//   append -> open batch -> swap -> write, sync -> whenDurable      CommitThread.swift
//   open   -> checkpoint -> log -> torn tail -> open batch          Recovery.swift
//   beginCheckpoint -> chunks -> footer, re-read -> old files go    CheckpointWriter.swift
import Synchronization

/// An open journal, held by this process alone. All of it may be called from any thread, but `close`
/// blocks.
public final class Journal: Sendable {
    /// The most that one checkpoint chunk may hold, in bytes.
    public static let chunkBytesMax = Format.payloadBytesMax

    /// What the opening found.
    public let recovered: RecoveryReport
    public let storeID: StoreID
    let disk: any Disk
    let layout: Layout
    let epoch: UInt64
    let isWritingCheckpoint = Atomic(false)

    private let options: JournalOptions
    private let lock: OpenFile
    private let commits: CommitThread
    private let thread: Mutex<NativeThread?>
    private let bytesAtCheckpoint = Atomic<UInt64>(0)

    init(
        disk: any Disk, layout: Layout, options: JournalOptions, lock: OpenFile,
        end: Recovery.End, onShortage: @escaping @Sendable (JournalError?) -> Void,
        onFatal: @escaping @Sendable (JournalError) -> Void
    ) throws(JournalError) {
        let writer = try LogWriter(after: end, disk: disk, layout: layout, options: options)
        try writer.open()
        let commits = try CommitThread(
            writer: writer, options: options, bytesWritten: end.bytesSinceCheckpoint,
            onShortage: onShortage, onFatal: onFatal)
        thread = Mutex(try NativeThread("rekey-commit") { commits.run() })
        self.commits = commits
        self.disk = disk
        self.layout = layout
        self.options = options
        self.lock = lock
        recovered = end.report
        storeID = end.segment.storeID
        epoch = end.cursor.epoch + 1
    }

    /// Without `close` this is what a crash is: what waits is not written.
    deinit {
        if let thread = thread.withLock({ $0 }) {
            commits.abandon()
            if thread.isCurrent { thread.detach() } else { thread.join() }
            disk.close(lock)
        }
    }

    /// Adds a record to the open batch and returns the batch's sequence. The record is *not* durable
    /// yet, and nobody may see what rests on it before `whenDurable`. Records of one thread are
    /// replayed in the order of their calls. Throws `.tooLarge`, `.overloaded` (nothing was added; try
    /// again later), `.full` (the same, but later than that), `.closed` or `.dead`.
    ///
    /// - Parameter draws: whether it may take of the reserve while the disk is full.
    public func append(
        _ record: UnsafeRawBufferPointer, drawingOnReserve draws: Bool = false
    ) throws(JournalError) -> UInt64 {
        guard record.count <= options.payloadBytes - Format.recordPrefixBytes else {
            throw JournalError(.tooLarge, "a record of \(record.count) bytes fits no batch")
        }
        return try commits.append(record, drawing: draws)
    }

    /// The same, for an array.
    public func append(
        _ record: [UInt8], drawingOnReserve draws: Bool = false
    ) throws(JournalError) -> UInt64 {
        try record.span.bytes.withUnsafeBytes { (bytes) throws(JournalError) in
            try append(bytes, drawingOnReserve: draws)
        }
    }

    /// Calls `then` once: at once when the batch is durable already, else on the commit thread, which
    /// waits for it, so it must be short and must not block. `.outcomeUnknown` when the journal died or
    /// closed before. `sequence` must have come from `append`.
    public func whenDurable(
        _ sequence: UInt64, _ then: @escaping @Sendable (Result<Void, JournalError>) -> Void
    ) {
        commits.whenDurable(sequence, then)
    }

    /// The last sequence known to be on the disk; everything before it is, too.
    public var durable: UInt64 { commits.durable.load(ordering: .acquiring) }

    /// Whether the disk has no room for another segment. Then only what draws on the reserve is taken.
    public var isFull: Bool { commits.isFull.load(ordering: .relaxed) }

    /// Bytes of log that the next start would have to read, by the newest checkpoint of this process
    /// or the one it started from.
    public var bytesSinceCheckpoint: UInt64 {
        bytesWritten - bytesAtCheckpoint.load(ordering: .relaxed)
    }

    /// Writes what waits and a close batch, ends the thread, gives up the lock. Blocks; never call it
    /// from a `whenDurable` closure or the cooperative pool's hot paths. Throws `.dead` when the
    /// journal had died. A second call does nothing.
    public func close() throws(JournalError) {
        let taken = thread.withLock { thread in
            defer { thread = nil }
            return thread
        }
        guard let taken else { return }
        precondition(!taken.isCurrent, "the commit thread cannot wait for itself")
        commits.drain()
        taken.join()
        disk.close(lock)
        if let ending = commits.ending, ending.code == .dead { throw ending }
    }

    /// Begins a checkpoint whose chunks are the state after all records of batches up to `sequence`,
    /// and none after: the caller sees to that. Throws `.checkpointRefused` when `sequence` is not
    /// durable yet or another checkpoint is being written.
    public func beginCheckpoint(at sequence: UInt64) throws(JournalError) -> CheckpointWriter {
        guard sequence > 0, sequence <= durable || !Tooth.checkpointWait.holds else {
            throw JournalError(.checkpointRefused, "sequence \(sequence) is not durable")
        }
        guard !isWritingCheckpoint.exchange(true, ordering: .acquiringAndReleasing) else {
            throw JournalError(.checkpointRefused, "another checkpoint is being written")
        }
        do throws(JournalError) {
            return try CheckpointWriter(journal: self, sequence: sequence)
        } catch {
            isWritingCheckpoint.store(false, ordering: .releasing)
            throw error
        }
    }

    var bytesWritten: UInt64 { commits.bytesWritten.load(ordering: .relaxed) }

    func checkpointed(bytesAtBegin: UInt64) {
        bytesAtCheckpoint.store(bytesAtBegin, ordering: .relaxed)
    }
}
