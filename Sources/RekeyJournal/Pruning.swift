// What may go once a new checkpoint has been read back: everything that the older of the two newest
// checkpoints, and the log from it, do not need. Called by the checkpoint writer alone.

/// Removes old files.
struct Pruning {
    let disk: any Disk
    let layout: Layout
    let storeID: StoreID

    func run() throws(JournalError) {
        let checkpoints = try layout.checkpointSequences(on: disk)
        guard checkpoints.count >= 2 else { return }
        let older = checkpoints[checkpoints.count - 2]
        // Not synced: one that a crash brings back is never preferred, and goes with the next.
        for sequence in checkpoints where sequence < older {
            try disk.unlink(layout.checkpoint(sequence))
        }
        try removeSegments(upTo: older)
        try removeQuarantined(upTo: older)
    }

    /// Oldest first, each durable before the next, so that a crash never leaves a gap in the numbers.
    private func removeSegments(upTo sequence: UInt64) throws(JournalError) {
        let numbers = try layout.segments(on: disk)
        for (number, next) in zip(numbers, numbers.dropFirst()) {
            guard try firstSequence(of: next) <= sequence + 1 else { return }
            try disk.unlink(layout.segment(number))
            try disk.syncDirectory(layout.log, .prunedSegmentSync)
        }
    }

    /// A quarantined copy may hold personal data: it goes with the log it was cut from, and again when a
    /// crash has brought it back.
    private func removeQuarantined(upTo sequence: UInt64) throws(JournalError) {
        for name in try disk.list(layout.quarantine) {
            guard let taken = UInt64(name.prefix(16), radix: 16), taken <= sequence else {
                continue
            }
            try disk.unlink("\(layout.quarantine)/\(name)")
        }
    }

    private func firstSequence(of segment: UInt64) throws(JournalError) -> UInt64 {
        let path = layout.segment(segment)
        let block = AlignedBuffer(byteCount: Format.blockBytes)
        let count = try disk.withFile(path, .read) { (file) throws(JournalError) in
            try disk.read(file, into: block.bytes, at: 0)
        }
        return try FileHeader(
            block.first(count), kind: .segment, number: segment, of: storeID, path: path
        ).firstSequence
    }
}
