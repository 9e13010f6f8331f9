// Reads a checkpoint: a file header, chunks that follow each other, a footer that counts them. Whoever
// wants the chunks verifies first, since a state half restored cannot be taken back. Changes nothing.

/// Reads checkpoints through a recovery's (or a writer's own) reader.
struct CheckpointReader {
    let reader: BatchReader
    let layout: Layout

    /// Throws `.corrupt` unless the checkpoint is valid (Format.swift).
    func verify(_ sequence: UInt64) throws(JournalError) {
        try read(sequence) { (_) throws(JournalError) in }
    }

    /// Hands over each chunk, in order, as soon as its own checksum holds.
    func read(
        _ sequence: UInt64, _ chunk: (UnsafeRawBufferPointer) throws(JournalError) -> Void
    ) throws(JournalError) {
        try readBatches(sequence) { (batch, _, data, _) throws(JournalError) in
            if batch.kind != .footer { try chunk(data) }
        }
    }

    /// Hands over each chunk and, when its numbers hold, the footer, each with its digest and offset.
    func readBatches(
        _ sequence: UInt64,
        _ visit: (BatchHeader, UInt64, UnsafeRawBufferPointer, UInt64) throws(JournalError) -> Void
    ) throws(JournalError) {
        let path = layout.checkpoint(sequence)
        try reader.reading(path) { () throws(JournalError) in
            let header = try reader.fileHeader(.checkpoint, number: sequence, path: path)
            guard header.firstSequence == 1 else {
                throw .corrupt(path, at: 40, expected: "1", found: "\(header.firstSequence)")
            }
            var cursor = LogCursor(before: header)
            var offset = UInt64(Format.blockBytes)
            var bytes: UInt64 = 0
            while true {
                guard case .batch(let batch, let digest, let data) = try reader.batch(at: offset),
                    cursor.isFollowed(by: batch)
                else {
                    throw .corrupt(
                        path, at: offset, expected: "chunk \(cursor.sequence + 1) or the footer",
                        found: "no valid one")
                }
                let end = offset + batch.bytesOnDisk
                if batch.kind == .footer {
                    try check(data, chunks: cursor.sequence, bytes: bytes, end: end, path: path)
                    return try visit(batch, digest, data, offset)
                }
                bytes += UInt64(data.count)
                cursor.advance(over: batch, digest: digest)
                try visit(batch, digest, data, offset)
                offset = end
            }
        }
    }

    private func check(
        _ footer: UnsafeRawBufferPointer, chunks: UInt64, bytes: UInt64, end: UInt64, path: String
    ) throws(JournalError) {
        let holds =
            footer.count == 16 && footer.number(at: 0, as: UInt64.self) == chunks
            && footer.number(at: 8, as: UInt64.self) == bytes && end == reader.fileBytes
        guard !holds, Tooth.footer.holds else { return }
        throw .corrupt(
            path, at: end, expected: "a footer of \(chunks) chunks at the end",
            found: "another footer or bytes behind it")
    }
}
