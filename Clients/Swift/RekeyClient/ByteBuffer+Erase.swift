import NIOCore
import RekeyWire

extension ByteBuffer {
    /// Overwrites the next bytes in place. By its own means the buffer would erase a copy, since the
    /// channel holds it too.
    func erase(_ count: Int) {
        withUnsafeReadableBytes { readable in
            let bytes = UnsafeRawBufferPointer(rebasing: readable[..<count])
            eraseBytes(UnsafeMutableRawBufferPointer(mutating: bytes))
        }
    }
}
