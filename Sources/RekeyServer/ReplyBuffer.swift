import NIOCore

/// Frames on their way out: what is made while one read is served leaves in one write, from memory that
/// is used again as soon as the socket has taken it.
struct ReplyBuffer {
    private var bytes = ByteBuffer()
    /// Held back longer, it would hide from the peer's back-pressure.
    private static let largeBytes = 64 * 1024
    /// Memory that is kept between reads.
    private static let keptBytes = 16 * 1024

    var isLarge: Bool { bytes.readableBytes >= Self.largeBytes }

    mutating func append(_ frame: UnsafeRawBufferPointer) { bytes.writeBytes(frame) }

    /// What waits to be written; nil when nothing does. Taken out, since a write may call back into
    /// whoever writes before it returns.
    mutating func take() -> ByteBuffer? {
        guard bytes.readableBytes > 0 else { return nil }
        defer { bytes = ByteBuffer() }
        return bytes
    }

    /// The memory of what was taken, when it was written: used again unless the channel still holds it.
    mutating func reuse(_ written: consuming ByteBuffer) {
        guard bytes.capacity == 0, written.capacity <= Self.keptBytes else { return }
        written.clear()
        bytes = written
    }
}
