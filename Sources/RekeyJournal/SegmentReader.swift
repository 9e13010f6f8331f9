// Reads a segment: a file header, batches that follow each other, and what lies behind the last of
// them. Recovery and inspection come in with the same reader. Changes nothing.

/// Reads segments through a reader of batches.
struct SegmentReader {
    typealias Visit = (BatchHeader, LogCursor, UnsafeRawBufferPointer, UInt64) throws(JournalError)
        -> Void

    let reader: BatchReader
    let layout: Layout

    /// The segment's header; throws `.corrupt` unless it holds and the file has its length.
    func header(_ number: UInt64) throws(JournalError) -> FileHeader {
        let path = layout.segment(number)
        return try reader.reading(path) { () throws(JournalError) in
            let header = try reader.fileHeader(.segment, number: number, path: path)
            guard reader.fileBytes == header.fileBytes, header.firstSequence > 0 else {
                throw .corrupt(
                    path, at: 64, expected: "\(header.fileBytes) bytes",
                    found: "\(reader.fileBytes)")
            }
            return header
        }
    }

    /// The header of the segment whose name a crash withheld. Behind a seal the next segment is there,
    /// or the file that was to become it, whole but for its name; throws `.corrupt` unless it is.
    func unnamed(_ number: UInt64, after seal: LogCursor) throws(JournalError) -> FileHeader {
        let isThere = try reader.disk.list(layout.log).map { "\(layout.log)/\($0)" }
            .contains(layout.nextSegment)
        guard isThere else {
            throw .corrupt(
                layout.segment(number), at: 0,
                expected: "this segment, since the one before it is sealed", found: "no file")
        }
        let path = layout.nextSegment
        return try reader.reading(path) { () throws(JournalError) in
            let header = try reader.fileHeader(.segment, number: number, path: path)
            let facts = try reader.scanTail(
                from: UInt64(Format.blockBytes), after: LogCursor(before: header),
                hasLaterSegment: false, checkpoint: 0)
            guard reader.fileBytes == header.fileBytes, seal.isContinued(by: header),
                facts.endOfContent == nil
            else {
                throw .corrupt(
                    path, at: 0, expected: "segment \(number), empty, after batch \(seal.sequence)",
                    found: "another")
            }
            return header
        }
    }

    /// Hands over each batch that follows the one before, from `offset` on, with the place behind it
    /// and its own offset; then states what lies behind the last.
    func read(
        _ number: UInt64, from start: LogCursor, at begin: UInt64, isLast: Bool,
        checkpoint: UInt64, _ visit: Visit
    ) throws(JournalError) -> TailFacts {
        var cursor = start
        cursor.kind = nil
        var offset = begin
        return try reader.reading(layout.segment(number)) { () throws(JournalError) in
            while cursor.kind != .seal,
                case .batch(let batch, let digest, let payload) = try reader.batch(at: offset),
                cursor.isFollowed(by: batch)
            {
                cursor.advance(over: batch, digest: digest)
                try visit(batch, cursor, payload, offset)
                offset += batch.bytesOnDisk
            }
            return try reader.scanTail(
                from: offset, after: cursor, hasLaterSegment: !isLast, checkpoint: checkpoint)
        }
    }
}
