import NIOCore
import RekeyWire

extension ByteBuffer {
    /// Overwrites the next bytes, in place. A write by the buffer's own means would copy storage that
    /// the channel still holds, and erase the copy; nobody but this connection reads these bytes.
    func erase(_ count: Int) {
        withUnsafeReadableBytes { bytes in
            eraseBytes(
                UnsafeMutableRawBufferPointer(
                    mutating: UnsafeRawBufferPointer(rebasing: bytes.prefix(count))))
        }
    }
}
