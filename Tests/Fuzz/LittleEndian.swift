// Numbers and checksums in a file's bytes, written here a second time on purpose: a mistake in the
// journal's own must not be made again by what tests it.
import CRekeyLinux

extension [UInt8] {
    func number<Number: FixedWidthInteger>(at offset: Int, as _: Number.Type) -> Number {
        withUnsafeBytes {
            Number(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Number.self))
        }
    }

    mutating func put(_ number: some FixedWidthInteger, at offset: Int) {
        withUnsafeMutableBytes {
            $0.storeBytes(of: number.littleEndian, toByteOffset: offset, as: type(of: number))
        }
    }

    func checksum(_ range: Range<Int>) -> UInt32 {
        withUnsafeBytes { bytes in
            let part = UnsafeRawBufferPointer(rebasing: bytes[range])
            return rekey_crc32c(part.baseAddress, part.count)
        }
    }

    /// The bytes of a number, as they lie in a file.
    static func of(_ number: some FixedWidthInteger) -> [UInt8] {
        Swift.withUnsafeBytes(of: number.littleEndian, Array.init)
    }
}
