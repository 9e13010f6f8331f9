/// Walks the fields of one protobuf message in its wire form, without a schema and without
/// allocating (protobuf encoding specification, "Message Structure").
public struct WireReader {
    private let bytes: UnsafeRawBufferPointer
    private var position = 0

    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// One field as it stands on the wire.
    public struct Field {
        public let number: UInt32
        public let value: Value
    }

    /// The wire types but for groups, which nothing of ours uses.
    public enum Value {
        case varint(UInt64)
        case fixed64(UInt64)
        case delimited(UnsafeRawBufferPointer)
        case fixed32(UInt32)
    }

    /// The next field, or nil at the end.
    public mutating func next() throws(WireFault) -> Field? {
        guard position < bytes.count else { return nil }
        let tag = try varint()
        guard (1..<(1 << 29)).contains(tag >> 3) else {
            throw WireFault("a field number outside 1 to 2^29-1")
        }
        let value: Value
        switch tag & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try fixed(UInt64.self))
        case 2: value = .delimited(try delimited())
        case 5: value = .fixed32(try fixed(UInt32.self))
        case 3, 4: throw WireFault("a group")
        default: throw WireFault("an unknown wire type")
        }
        return Field(number: UInt32(tag >> 3), value: value)
    }

    /// At most ten bytes, the tenth at most 1.
    public mutating func varint() throws(WireFault) -> UInt64 {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 63, by: 7) {
            guard position < bytes.count else { throw WireFault("a varint that does not end") }
            let byte = bytes[position]
            position += 1
            if shift == 63 && byte > 1 { break }
            result |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return result }
        }
        throw WireFault("a varint longer than 64 bits")
    }

    public mutating func fixed<Word: FixedWidthInteger>(
        _: Word.Type
    ) throws(WireFault) -> Word {
        guard bytes.count - position >= MemoryLayout<Word>.size else {
            throw WireFault("a field that is cut off")
        }
        defer { position += MemoryLayout<Word>.size }
        return Word(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Word.self))
    }

    public var isAtEnd: Bool { position == bytes.count }

    private mutating func delimited() throws(WireFault) -> UnsafeRawBufferPointer {
        let length = try varint()
        guard length <= UInt64(bytes.count - position) else {
            throw WireFault("a field that is longer than its message")
        }
        defer { position += Int(length) }
        return UnsafeRawBufferPointer(rebasing: bytes[position..<(position + Int(length))])
    }
}
