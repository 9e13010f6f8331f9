import NIOCore

/// Frames on their way out: what is made while one read is served leaves in one write, from memory that
/// is used again as soon as the socket has taken it.
struct ReplyBuffer {
    private var bytes = ByteBuffer()
    /// Held back longer, it would hide from the peer's back-pressure.
    private static let largeBytes = 64 * 1024
    /// Memory that is kept between reads.
    private static let keptBytes = 64 * 1024

    var isLarge: Bool { bytes.readableBytes >= Self.largeBytes }

    mutating func append(_ frame: UnsafeRawBufferPointer) { bytes.writeBytes(frame) }

    mutating func flush(
        to context: ChannelHandlerContext, wrapping wrap: (ByteBuffer) -> NIOAny
    ) {
        guard bytes.readableBytes > 0 else { return }
        context.writeAndFlush(wrap(bytes), promise: nil)
        if bytes.capacity > Self.keptBytes {
            bytes = ByteBuffer()
        } else {
            // In place when the socket has taken all of it; otherwise the channel keeps the old memory.
            bytes.clear()
        }
    }
}
