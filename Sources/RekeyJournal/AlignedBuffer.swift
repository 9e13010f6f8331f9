// Memory that a disk can read into and write from past the page cache: aligned, and never moved.

/// Memory on a 4 KiB boundary. Unchecked, because whoever holds it owns its bytes: a batch under the
/// queue's lock, the commit thread after the swap, one reader during recovery.
final class AlignedBuffer: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    /// Zeroed, for what is written from it.
    convenience init(byteCount: Int) {
        self.init(unsetByteCount: byteCount)
        bytes.zero(0..<byteCount)
    }

    /// Holding anything: for a reader that looks only at what a read has set, and mostly sets little.
    init(unsetByteCount byteCount: Int) {
        bytes = .allocate(byteCount: byteCount, alignment: Format.blockBytes)
    }

    deinit { bytes.deallocate() }

    func first(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[..<count])
    }
}
