// Room for bytes that must not stay behind. Everything here that handles a key, a token, a code or
// a password on its way uses it.

import CSodium
import RekeyCore

/// Lends `count` bytes, zero at first and erased when `body` returns or throws.
///
/// On the stack when they are few; erased by a call that the optimiser cannot remove.
func withScratch<Result, Failure: Error>(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
) throws(Failure) -> Result {
    try withUnsafeTemporaryAllocation(byteCount: count, alignment: 16) {
        (buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Result in
        sodium_memzero(buffer.baseAddress, count)
        defer { sodium_memzero(buffer.baseAddress, count) }
        return try body(buffer)
    }
}

extension Secret {
    /// Takes over `bytes` and erases them where they stood, unless somebody else holds them too.
    convenience init(erasing bytes: inout [UInt8]) {
        self.init(bytes)
        bytes.withUnsafeMutableBytes { sodium_memzero($0.baseAddress, $0.count) }
    }
}

extension UnsafeRawBufferPointer {
    /// Where the bytes begin, as C wants it; there is at least one.
    func pointer<Element>(as type: Element.Type) -> UnsafePointer<Element> {
        guard let baseAddress else { preconditionFailure("an empty buffer has no address") }
        return baseAddress.assumingMemoryBound(to: type)
    }

    /// Constant time for equal lengths (R32).
    func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        return sodium_memcmp(baseAddress, other.baseAddress, count) == 0
    }

    /// The bytes from `start` up to `end`, as a buffer of their own.
    func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[start..<end])
    }

    /// The 16 bytes at `offset`, most significant first.
    func loadUInt128(at offset: Int) -> UInt128 {
        UInt128(bigEndian: loadUnaligned(fromByteOffset: offset, as: UInt128.self))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Where the bytes begin, as C wants it; there is at least one.
    func pointer<Element>(as type: Element.Type) -> UnsafeMutablePointer<Element> {
        UnsafeMutablePointer(mutating: UnsafeRawBufferPointer(self).pointer(as: type))
    }

    /// The bytes from `start` up to `end`, as a buffer of their own.
    func slice(_ start: Int, _ end: Int) -> UnsafeMutableRawBufferPointer {
        UnsafeMutableRawBufferPointer(rebasing: self[start..<end])
    }

    /// Writes `value` at `offset`, most significant byte first.
    func store(_ value: some FixedWidthInteger, at offset: Int) {
        storeBytes(of: value.bigEndian, toByteOffset: offset, as: type(of: value))
    }
}
