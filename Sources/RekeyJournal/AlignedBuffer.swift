// Memory that a disk can read into and write from past the page cache: aligned, and never moved.

/// Zeroed memory on a 4 KiB boundary. Unchecked, because whoever holds it owns its bytes: a batch
/// under the queue's lock, the commit thread after the swap, one reader during recovery.
final class AlignedBuffer: @unchecked Sendable {
    let bytes: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        bytes = .allocate(byteCount: byteCount, alignment: Format.blockBytes)
        bytes.zero(0..<byteCount)
    }

    deinit { bytes.deallocate() }

    func first(_ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[..<count])
    }
}
