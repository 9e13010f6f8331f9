// What a recovery takes out of the way is kept here until a later checkpoint makes it worthless. Called
// only when the whole log has been read and judged. Copies first, removes after.

/// Moves torn batches and damaged checkpoints aside.
struct Quarantine {
    let disk: any Disk
    let layout: Layout

    /// Copies `range` of a segment aside, zeroes the segment from there to its end, and syncs.
    /// A crash in between leaves the copy, and a tail that is still torn. Returns the copy's path.
    func takeTail(
        _ range: Range<UInt64>, of path: String, sequence: UInt64
    ) throws(JournalError) -> String {
        try disk.withFile(path, .write) { (file) throws(JournalError) in
            let bytes = UInt64(Format.blockBytes)
            let count = (range.upperBound - range.lowerBound + bytes - 1) / bytes * bytes
            let buffer = AlignedBuffer(byteCount: Int(count))
            let got = try disk.read(file, into: buffer.bytes, at: range.lowerBound)
            let copy = try store(buffer.first(got), sequence: sequence)
            try disk.zero(file, range.lowerBound..<disk.size(of: file))
            try disk.syncData(file, .tornTailSync)
            return copy
        }
    }

    /// Moves a checkpoint that did not verify out of the way of those that count. Not synced: one that a
    /// crash brings back is found damaged again, or goes as one of the older ones.
    func takeCheckpoint(_ sequence: UInt64) throws(JournalError) -> String {
        let path = try freeName(sequence, end: Layout.checkpointEnd)
        try disk.rename(layout.checkpoint(sequence), to: path)
        return path
    }

    private func store(
        _ bytes: UnsafeRawBufferPointer, sequence: UInt64
    ) throws(JournalError) -> String {
        let path = try freeName(sequence, end: ".torn")
        let temporary = path + Layout.temporary
        try disk.withFile(temporary, .create) { (file) throws(JournalError) in
            try disk.write(file, bytes, at: 0)
            try disk.sync(file, .tornCopySync)
        }
        try disk.rename(temporary, to: path)
        try disk.syncDirectory(layout.quarantine, .tornCopyNameSync)
        return path
    }

    /// A crash while the tail is being zeroed brings the same sequence here again: the first copy,
    /// which is the whole one, stays.
    private func freeName(_ sequence: UInt64, end: String) throws(JournalError) -> String {
        let taken = Set(try disk.list(layout.quarantine))
        var count = 1
        while taken.contains("\(Layout.hex(sequence))-\(count)\(end)") { count += 1 }
        return "\(layout.quarantine)/\(Layout.hex(sequence))-\(count)\(end)"
    }
}

extension Disk {
    /// Writes zeros over `range`, 1 MiB at a time.
    func zero(_ file: OpenFile, _ range: Range<UInt64>) throws(JournalError) {
        let zeros = AlignedBuffer(byteCount: min(range.count, Format.batchBytesMax))
        var offset = range.lowerBound
        while offset < range.upperBound {
            let count = min(UInt64(Format.batchBytesMax), range.upperBound - offset)
            try write(file, zeros.first(Int(count)), at: offset)
            offset += count
        }
    }
}
