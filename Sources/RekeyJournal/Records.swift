// The payload of a records batch: length, bytes, length, bytes. Pure.

/// Walks a payload whose checksum already holds.
enum Records {
    /// False when the lengths do not tile the payload or the count is another.
    static func forEach(
        in payload: UnsafeRawBufferPointer, count: UInt32,
        _ body: (UnsafeRawBufferPointer) throws(JournalError) -> Void
    ) throws(JournalError) -> Bool {
        var offset = 0
        for _ in 0..<count {
            guard payload.count - offset >= Format.recordPrefixBytes else { return false }
            let length = Int(payload.number(at: offset, as: UInt32.self))
            offset += Format.recordPrefixBytes
            guard length <= payload.count - offset else { return false }
            try body(payload.slice(offset, length))
            offset += length
        }
        return offset == payload.count
    }
}
