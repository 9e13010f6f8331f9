// The narrow exception: is what lies behind the last good batch the one that was in flight when the
// machine stopped, or damage? Pure: facts in, verdict out. In doubt it is damage.

/// What a scan found behind the last good batch of a segment.
struct TailFacts {
    /// Where the next batch would begin.
    var offset: UInt64
    /// The last good batch of the log.
    var last: LogCursor
    /// One past the last byte of the segment that is not zero; nil when zeros are all there is.
    var endOfContent: UInt64?
    /// A valid header at `offset` itself that does not follow the last good batch: its sequence.
    var strangerSequence: UInt64?
    /// The first valid header at a later block with this epoch or a later one, and a higher sequence.
    var later: (offset: UInt64, sequence: UInt64)?
    /// Whether a later segment exists: then this one had been sealed, and the seal was durable.
    var hasLaterSegment: Bool
    /// The highest sequence that a checkpoint's name states, 0 without one: all to there was durable.
    var checkpoint: UInt64
}

/// The verdict on a tail.
enum TornTail: Equatable {
    /// Zeros: the log ends here.
    case clean
    /// In flight at the crash, never acknowledged: to be quarantined and zeroed.
    case torn(Range<UInt64>)
    case damaged(at: UInt64, expected: String, found: String)

    static func judge(_ tail: TailFacts) -> TornTail {
        let next = tail.last.sequence + 1
        if tail.last.kind == .seal {
            guard let end = tail.endOfContent else { return .clean }
            return .damaged(at: end - 1, expected: "zeros behind the seal", found: "other bytes")
        }
        if tail.hasLaterSegment {
            return .damaged(
                at: tail.offset, expected: "batch \(next), since a later segment exists",
                found: "no valid batch")
        }
        if tail.last.sequence < tail.checkpoint {
            return .damaged(
                at: tail.offset, expected: "batch \(next), which a checkpoint contains",
                found: "no valid batch")
        }
        guard let end = tail.endOfContent else { return .clean }
        if let stranger = tail.strangerSequence {
            return .damaged(
                at: tail.offset, expected: "batch \(next) or a torn one",
                found: "a valid header of batch \(stranger) that does not follow")
        }
        if let later = tail.later {
            return .damaged(
                at: tail.offset, expected: "batch \(next)",
                found: "no valid batch, but batch \(later.sequence) at byte \(later.offset)")
        }
        let reach = tail.offset + UInt64(Format.batchBytesMax)
        if end > reach {
            return .damaged(
                at: tail.offset, expected: "at most 1 MiB in flight",
                found: "no valid batch, and other bytes up to \(end)")
        }
        return .torn(tail.offset..<end)
    }
}
