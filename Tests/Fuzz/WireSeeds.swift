// Inputs to begin with for what a peer sends: every message with every field, ordinary, greatest and
// empty, made from its descriptor, so that no new field is forgotten.
import CProtobufC
import CRekeyProto
import RekeyFuzzSubjects
import RekeyWire

enum WireSeeds {
    /// What every field of a message holds.
    private enum Style: CaseIterable {
        case ordinary, greatest, empty
    }

    static var messages: [[UInt8]] {
        WireSubject.all.enumerated().flatMap { index, subject in
            made(subject.descriptor).map { [UInt8(index)] + $0 }
        }
    }

    static func values(_ side: WireSubject.Side) -> [[UInt8]] {
        ValueCheck.subjects(side).enumerated().flatMap { index, subject in
            made(subject.descriptor).map { [UInt8(index)] + $0 }
        }
    }

    /// Each frame alone, all of them in a row, and lengths that no frame has.
    static var frames: [[UInt8]] {
        let frames = made(rekey_frame_descriptor()).map { framed($0) }
        let lengths: [UInt32] = [0, 65_536, 65_537, 1_048_576, 1_048_577, .max]
        let streams = frames + [frames.flatMap { $0 }] + lengths.map { .of($0.byteSwapped) }
        return streams.flatMap { [[0] + $0, [1] + $0] }
    }

    static var descriptors: [[UInt8]] {
        let ours = UnsafeBufferPointer(
            start: rekey_descriptor_set(), count: rekey_descriptor_set_length())
        return [Array(ours)] + made(MessageCheck.descriptorSet)
    }

    private static func framed(_ frame: [UInt8]) -> [UInt8] {
        .of(UInt32(frame.count).byteSwapped) + frame
    }

    /// In each style; with a oneof, once for each of its members.
    private static func made(
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) -> [[UInt8]] {
        let members = descriptor.fields.filter(\.isOneofMember).map(\.id)
        return Style.allCases.flatMap { style in
            members.isEmpty
                ? [message(descriptor, style)]
                : members.map { message(descriptor, style, member: $0) }
        }
    }

    private static func message(
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>, _ style: Style,
        member: UInt32? = nil, depth: Int = 1
    ) -> [UInt8] {
        // A DescriptorProto holds others of its kind.
        guard depth <= 5 else { return [] }
        return descriptor.fields.flatMap { field -> [UInt8] in
            if field.isOneofMember, let member, field.id != member { return [] }
            let one = self.field(field, style, depth)
            return field.isRepeated ? one + one : one
        }
    }

    private static func field(
        _ field: ProtobufCFieldDescriptor, _ style: Style, _ depth: Int
    ) -> [UInt8] {
        let number = UInt64(field.id)
        let value: UInt64 = [.ordinary: 1, .greatest: .max, .empty: 0][style] ?? 0
        switch WireType(field.type) {
        case .varint: return Extremes.varint(number, value)
        case .fixed64: return Extremes.fixed64(number, value)
        case .fixed32: return Extremes.fixed32(number, UInt32(truncatingIfNeeded: value))
        case .delimited:
            if let inner = field.messageDescriptor {
                return Extremes.message(number, message(inner, style, depth: depth + 1))
            }
            return Extremes.bytes(number, text(field.protoName, style).utf8)
        }
    }

    private static func text(_ name: String, _ style: Style) -> String {
        switch (style, name) {
        case (.empty, _): ""
        case (_, "id"), (_, "account_id"), (_, "after"), (_, "next_after"):
            String(repeating: style == .ordinary ? "0" : "F", count: 32)
        case (_, "address"): style == .ordinary ? "127.0.0.1" : "::ffff:255.255.255.255"
        case (_, "field_mask"): style == .ordinary ? "name" : "mobile"
        case (.ordinary, _): "a"
        case (.greatest, _): String(repeating: "\u{10FFFF}", count: 64)
        }
    }
}
