import CProtobufC
import RekeyWire

@testable import rekey

/// Messages that follow from a seed: every field now and then, with values from the edges of its
/// range more often than from its middle.
struct MessageMaker {
    private var generator: SplitMix
    private var depth = 0

    init(seed: UInt64) { generator = SplitMix(state: seed) }

    mutating func message(_ descriptor: MessageDescriptor) -> [UInt8] {
        var writer = WireWriter()
        var oneofs: Set<UInt32> = []
        for field in descriptor.fields.shuffled(using: &generator) {
            guard Bool.random(using: &generator), depth < 4 || field.messageDescriptor == nil,
                !field.isOneofMember || oneofs.insert(field.quantifier_offset).inserted
            else { continue }
            for _ in 0..<(field.isRepeated ? Int.random(in: 0...3, using: &generator) : 1) {
                write(field, &writer)
            }
        }
        return writer.bytes
    }

    private mutating func write(_ field: ProtobufCFieldDescriptor, _ writer: inout WireWriter) {
        if let descriptor = field.messageDescriptor {
            depth += 1
            writer.write(field.id, message(descriptor))
            depth -= 1
        } else if field.type == PROTOBUF_C_TYPE_STRING {
            let texts = [
                "", "a", "é\u{301}", "\u{202E}\"\\/\n", "\u{1F600}", "\u{FFFF}", "{\"a\":1}",
            ]
            writer.write(field.id, Array((texts.randomElement(using: &generator) ?? "").utf8))
        } else if field.type == PROTOBUF_C_TYPE_BYTES {
            let count = Int.random(in: 0...5, using: &generator)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            writer.write(field.id, bytes)
        } else {
            writer.write(field.id, word(field), as: WireType(field.type))
        }
    }

    private mutating func word(_ field: ProtobufCFieldDescriptor) -> UInt64 {
        let max: UInt64 =
            switch field.type {
            case PROTOBUF_C_TYPE_BOOL: 1
            case PROTOBUF_C_TYPE_ENUM: 9
            case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64: .max
            default: UInt64(UInt32.max)
            }
        let edges = [0, 1, max, max - max / 2, UInt64.random(in: 0...max, using: &generator)]
        return edges.randomElement(using: &generator) ?? 0
    }
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
