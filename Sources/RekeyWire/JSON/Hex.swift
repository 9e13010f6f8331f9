/// Numbers and bytes as lower-case hexadecimal digits, all of them, leading zeros too.
package enum Hex {
    private static let digits = Array("0123456789abcdef".utf8)

    package static func text(_ number: some FixedWidthInteger) -> String {
        withUnsafeBytes(of: number.bigEndian) { text($0) }
    }

    package static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        String(unsafeUninitializedCapacity: 2 * bytes.count) { text in
            for (index, byte) in bytes.enumerated() {
                text[2 * index] = digits[Int(byte >> 4)]
                text[2 * index + 1] = digits[Int(byte & 15)]
            }
            return 2 * bytes.count
        }
    }
}
