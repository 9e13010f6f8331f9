// A message type that no .proto of ours has: every scalar type there is, and messages within
// messages without end.

import CProtobufC

enum HandmadeType {
    struct Field {
        var type: ProtobufCType
        var repeated = false
    }

    /// Fields numbered from 1. A field of type message is of the made type itself. Like a generated
    /// descriptor it lives as long as the process.
    static func make(_ fields: [Field]) -> Descriptor {
        let type = UnsafeMutablePointer<ProtobufCMessageDescriptor>.allocate(capacity: 1)
        let table = UnsafeMutablePointer<ProtobufCFieldDescriptor>.allocate(capacity: fields.count)
        let ranges = UnsafeMutablePointer<ProtobufCIntRange>.allocate(capacity: 2)
        // Each field has room for its count and for the widest value, behind the common head.
        let head = UInt32(MemoryLayout<ProtobufCMessage>.size)
        for (index, field) in fields.enumerated() {
            let place = head + 24 * UInt32(index)
            table.advanced(by: index).initialize(
                to: ProtobufCFieldDescriptor(
                    name: name, id: UInt32(index) + 1,
                    label: field.repeated ? PROTOBUF_C_LABEL_REPEATED : PROTOBUF_C_LABEL_NONE,
                    type: field.type, quantifier_offset: place, offset: place + 8,
                    descriptor: field.type == PROTOBUF_C_TYPE_MESSAGE
                        ? UnsafeRawPointer(type) : nil,
                    default_value: nil, flags: 0, reserved_flags: 0, reserved2: nil,
                    reserved3: nil))
        }
        ranges.initialize(to: ProtobufCIntRange(start_value: 1, orig_index: 0))
        ranges.advanced(by: 1).initialize(
            to: ProtobufCIntRange(start_value: 0, orig_index: UInt32(fields.count)))
        type.initialize(
            to: ProtobufCMessageDescriptor(
                magic: UInt32(PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC), name: name, short_name: name,
                c_name: name, package_name: name,
                sizeof_message: Int(head) + 24 * fields.count, n_fields: UInt32(fields.count),
                fields: table, fields_sorted_by_name: nil, n_field_ranges: 1,
                field_ranges: ranges, message_init: nil, reserved1: nil, reserved2: nil,
                reserved3: nil))
        return Descriptor(type)
    }

    private static var name: UnsafePointer<CChar> {
        UnsafeRawPointer(("handmade" as StaticString).utf8Start)
            .assumingMemoryBound(to: CChar.self)
    }
}
