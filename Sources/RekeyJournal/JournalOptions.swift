// The two sizes of a journal. Both may differ from one opening to the next.

/// Sizes, in bytes, multiples of 4,096.
public struct JournalOptions: Sendable {
    /// Length of each segment written from now on.
    public var segmentBytes: Int
    /// The most that one batch takes on the disk, with its header; at most 1 MiB.
    public var batchBytes: Int

    /// Traps unless a segment holds its header, the largest batch and a seal.
    public init(segmentBytes: Int = 16 << 20, batchBytes: Int = 1 << 20) {
        let block = Format.blockBytes
        precondition(segmentBytes % block == 0 && batchBytes % block == 0, "not whole blocks")
        precondition(
            (block...Format.batchBytesMax).contains(batchBytes), "a batch is 4 KiB to 1 MiB")
        precondition(segmentBytes >= batchBytes + 2 * block, "a segment must hold a full batch")
        self.segmentBytes = segmentBytes
        self.batchBytes = batchBytes
    }

    /// What every segment keeps free at its end, for calls that may write when the disk is full: a
    /// sixteenth.
    var reserveBytes: Int { segmentBytes / 16 / Format.blockBytes * Format.blockBytes }

    /// The part of it that is kept for ending in order and beginning again.
    var endingBytes: Int { reserveBytes / 4 / Format.blockBytes * Format.blockBytes }

    /// The most that the records of one batch, each with 4 bytes of length, add up to.
    var payloadBytes: Int { batchBytes - Format.batchHeaderBytes }
}
