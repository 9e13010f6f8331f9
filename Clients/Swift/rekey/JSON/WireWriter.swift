import RekeyWire

/// Puts fields behind each other as they stand on the wire: `WireReader`'s counterpart.
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ number: UInt32, _ content: [UInt8]) {
        varint(UInt64(number) << 3 | WireType.delimited.rawValue)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func write(_ number: UInt32, _ word: UInt64, as type: WireType) {
        varint(UInt64(number) << 3 | type.rawValue)
        write(word, as: type)
    }

    /// Without a tag: an element of a packed list.
    mutating func write(_ word: UInt64, as type: WireType) {
        switch type {
        case .varint: varint(word)
        case .fixed32: fixed(word, byteCount: 4)
        case .fixed64: fixed(word, byteCount: 8)
        case .delimited: preconditionFailure("a delimited field is no word")
        }
    }

    private mutating func varint(_ word: UInt64) {
        var rest = word
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    private mutating func fixed(_ word: UInt64, byteCount: Int) {
        for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * index))) }
    }
}
