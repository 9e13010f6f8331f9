// Where a reader or writer of batches stands: what the next batch has to follow. Pure.

/// The last batch read or written, as far as the next one depends on it.
struct LogCursor: Equatable {
    /// Of the last batch; 0 before the first.
    var sequence: UInt64
    var epoch: UInt64
    var digest: UInt64
    /// Nil at the beginning of a file.
    var kind: BatchKind?
    /// Whether batches of the log follow, or those of a checkpoint.
    let isOfLog: Bool

    /// The place before the first batch of a file.
    init(before header: FileHeader) {
        sequence = header.firstSequence - 1
        epoch = header.epoch
        digest = header.previousDigest
        isOfLog = header.kind == .segment
    }

    /// Format.swift, "follows".
    func isFollowed(by header: BatchHeader) -> Bool {
        header.kind.isOfLog == isOfLog && header.sequence == sequence + 1
            && (header.previousDigest == digest || !Tooth.digest.holds)
            && (header.kind == .open ? header.epoch > epoch : header.epoch == epoch)
    }

    mutating func advance(over header: BatchHeader, digest: UInt64) {
        sequence = header.sequence
        epoch = header.epoch
        self.digest = digest
        kind = header.kind
    }

    /// Whether a segment's header continues the log here.
    func isContinued(by header: FileHeader) -> Bool {
        header.firstSequence == sequence + 1
            && (header.previousDigest == digest || !Tooth.digest.holds)
            && header.epoch == epoch
    }
}
