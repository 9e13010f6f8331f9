// Random valid messages of any type, straight from its descriptor.

import CProtobufC

/// Writes messages in the one form that encoders agree on: fields in ascending order, nothing at
/// its default. So packing what was unpacked must give the same bytes.
struct MessageMaker {
    var dice: Dice

    mutating func message(_ type: Descriptor) -> [UInt8] {
        let members = type.fields.filter(\.isOneof)
        let chosen = members.randomElement(using: &dice)?.id
        return type.fields.flatMap { field -> [UInt8] in
            if field.isOneof { return field.id == chosen ? one(field) : [] }
            if field.isRepeated { return several(field) }
            return Int.random(in: 0..<4, using: &dice) == 0 ? [] : one(field)
        }
    }

    private mutating func several(_ field: ProtobufCFieldDescriptor) -> [UInt8] {
        let count = Int.random(in: 0...3, using: &dice)
        guard field.isPacked, count > 0 else { return (0..<count).flatMap { _ in one(field) } }
        return Wire.delimited(UInt64(field.id), (0..<count).flatMap { _ in value(field).bytes })
    }

    private mutating func one(_ field: ProtobufCFieldDescriptor) -> [UInt8] {
        let (wireType, bytes) = value(field)
        let length = wireType == 2 ? Wire.varint(UInt64(bytes.count)) : []
        return Wire.tag(UInt64(field.id), wireType) + length + bytes
    }

    private mutating func value(
        _ field: ProtobufCFieldDescriptor
    ) -> (wireType: UInt64, bytes: [UInt8]) {
        if let type = field.message { return (2, message(type)) }
        switch field.type {
        case PROTOBUF_C_TYPE_BOOL: return (0, [1])
        case PROTOBUF_C_TYPE_ENUM: return (0, Wire.varint(dice.magnitude(bits: 5)))
        case PROTOBUF_C_TYPE_UINT32: return (0, Wire.varint(dice.magnitude(bits: 32)))
        case PROTOBUF_C_TYPE_UINT64: return (0, Wire.varint(dice.magnitude(bits: 64)))
        case PROTOBUF_C_TYPE_FIXED32:
            return (5, Wire.littleEndian(UInt32(dice.magnitude(bits: 32))))
        case PROTOBUF_C_TYPE_FIXED64: return (1, Wire.littleEndian(dice.magnitude(bits: 64)))
        case PROTOBUF_C_TYPE_STRING: return (2, text())
        case PROTOBUF_C_TYPE_BYTES:
            let count = Int.random(in: 1...18, using: &dice)
            return (2, (0..<count).map { _ in UInt8(truncatingIfNeeded: dice.next()) })
        default: preconditionFailure("\(field.title) has a type that no message of ours had")
        }
    }

    private mutating func text() -> [UInt8] {
        let alphabet: [Unicode.Scalar] = [
            "a", "Z", "0", "@", "\u{1}", "\u{7F}", "\u{80}", "é", "\u{301}", "\u{7FF}", "\u{800}",
            "\u{D7FF}", "\u{E000}", "\u{FFFF}", "\u{10000}", "😀", "\u{10FFFF}",
        ]
        var text = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 1...6, using: &dice) {
            text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &dice)])
        }
        return Array(String(text).utf8)
    }
}
