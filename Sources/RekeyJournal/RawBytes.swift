// Little-endian numbers, store ids and checksums in raw memory: what every header is made of.
import CRekeyLinux

extension UnsafeRawBufferPointer {
    func number<Number: FixedWidthInteger>(at offset: Int, as _: Number.Type) -> Number {
        Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: Number.self))
    }

    func storeID(at offset: Int) -> StoreID {
        StoreID(
            high: number(at: offset, as: UInt64.self), low: number(at: offset + 8, as: UInt64.self))
    }

    func slice(_ offset: Int, _ count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: self[offset..<offset + count])
    }

    /// CRC32C of all of it.
    var checksum: UInt32 { rekey_crc32c(baseAddress, count) }

    var isZero: Bool { endOfContent == 0 }

    /// One past the last byte that is not zero.
    var endOfContent: Int {
        var end = count
        while end >= 8, loadUnaligned(fromByteOffset: end - 8, as: UInt64.self) == 0 { end -= 8 }
        while end > 0, self[end - 1] == 0 { end -= 1 }
        return end
    }
}

extension UnsafeMutableRawBufferPointer {
    func put<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
        storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }

    func put(_ id: StoreID, at offset: Int) {
        put(id.high, at: offset)
        put(id.low, at: offset + 8)
    }

    func zero(_ range: Range<Int>) {
        UnsafeMutableRawBufferPointer(rebasing: self[range]).initializeMemory(
            as: UInt8.self, repeating: 0)
    }
}
