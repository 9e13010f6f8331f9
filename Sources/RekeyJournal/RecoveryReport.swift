// What an opening found and did, for the log line of whoever opened.

/// The result of a recovery.
public struct RecoveryReport: Sendable, Equatable {
    /// The sequence of the checkpoint in use; nil when there was none.
    public internal(set) var checkpoint: UInt64?
    /// Records handed to `replay`.
    public internal(set) var records: UInt64 = 0
    /// The last valid batch, 0 in a new journal.
    public internal(set) var lastSequence: UInt64 = 0
    /// False where the file system has no O_DIRECT: then a fault of an earlier process, whose sync
    /// failed and left the page cache with more than the disk has, may not have been seen.
    public internal(set) var isPastCache = true
    /// Paths of copies of what was taken out of use: a torn batch, checkpoints that did not verify.
    public internal(set) var quarantined: [String] = []
}
