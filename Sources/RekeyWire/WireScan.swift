public import CProtobufC

/// What is looked at before protobuf-c sees a message, because it would let it through (R84).
///
/// protobuf-c 1.4.1 truncates strings at NUL, takes invalid UTF-8, reads a bool of the wrong wire
/// type as true, loses earlier fields of a repeated singular submessage and spends quadratic time
/// on many of them, and knows no depth. The scan follows the message's own descriptor.
public enum WireScan {
    /// Unknown fields of one message: room for a newer peer, none for a bomb.
    static let unknownFieldsMax = 32
    /// Elements of the repeated fields of one message: the longest page of a list, and no more.
    static let repeatsMax = 1024
    /// Messages within messages. Ours go four deep.
    static let depthMax = 8

    /// Throws unless `bytes` are one well-formed message of this type.
    public static func check(
        _ bytes: UnsafeRawBufferPointer, as descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(WireFault) {
        try check(bytes, descriptor, depth: 1)
    }

    private static func check(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        depth: Int
    ) throws(WireFault) {
        guard depth <= depthMax || !ProtocolTooth.depth.holds else {
            throw WireFault("messages nested too deep")
        }
        var reader = WireReader(bytes)
        var seen = SeenFields()
        while let field = try reader.next() {
            guard let known = protobuf_c_message_descriptor_get_field(descriptor, field.number)
            else {
                try seen.countUnknown()
                continue
            }
            try seen.count(known, of: descriptor)
            try check(field.value, known, depth: depth, &seen)
        }
    }

    private static func check(
        _ value: WireReader.Value, _ field: UnsafePointer<ProtobufCFieldDescriptor>, depth: Int,
        _ seen: inout SeenFields
    ) throws(WireFault) {
        let type = field.pointee.type
        switch (WireType(type), value) {
        case (.varint, .varint), (.fixed32, .fixed32), (.fixed64, .fixed64):
            break
        case (.delimited, .delimited(let bytes)):
            if type == PROTOBUF_C_TYPE_STRING {
                try checkText(bytes)
            } else if type == PROTOBUF_C_TYPE_MESSAGE {
                guard let descriptor = field.pointee.descriptor else {
                    throw WireFault("a message of no type")
                }
                try check(
                    bytes, descriptor.assumingMemoryBound(to: ProtobufCMessageDescriptor.self),
                    depth: depth + 1)
            }
        case (let element, .delimited(let bytes))
        where field.pointee.label == PROTOBUF_C_LABEL_REPEATED:
            try checkPacked(bytes, element, &seen)
        default:
            guard ProtocolTooth.wireTypes.holds else { break }
            throw WireFault("field \(field.pointee.id) has the wrong wire type")
        }
    }

    private static func checkPacked(
        _ bytes: UnsafeRawBufferPointer, _ element: WireType, _ seen: inout SeenFields
    ) throws(WireFault) {
        var reader = WireReader(bytes)
        // The run was counted when its field was seen, and stands for its first element.
        var isFirst = true
        while !reader.isAtEnd {
            if !isFirst { try seen.countRepeat() }
            isFirst = false
            switch element {
            case .varint: _ = try reader.varint()
            case .fixed32: _ = try reader.fixed(UInt32.self)
            case .fixed64: _ = try reader.fixed(UInt64.self)
            case .delimited: throw WireFault("a packed list of something that cannot be packed")
            }
        }
    }

    private static func checkText(_ bytes: UnsafeRawBufferPointer) throws(WireFault) {
        var all: UInt8 = 0
        for byte in bytes {
            guard byte != 0 || !ProtocolTooth.nul.holds else {
                throw WireFault("a NUL in a string")
            }
            all |= byte
        }
        guard all >= 0x80, ProtocolTooth.utf8.holds else { return }
        do {
            _ = try UTF8Span(validating: Span(_unsafeBytes: bytes))
        } catch {
            throw WireFault("a string that is not UTF-8")
        }
    }
}

/// What one message held so far.
private struct SeenFields {
    private var unknown = 0
    /// Submessages, by their place in the descriptor.
    private var submessages: UInt64 = 0
    private var repeats = 0

    mutating func countUnknown() throws(WireFault) {
        unknown += 1
        guard unknown <= WireScan.unknownFieldsMax || !ProtocolTooth.unknownFields.holds else {
            throw WireFault("too many unknown fields")
        }
    }

    mutating func countRepeat() throws(WireFault) {
        repeats += 1
        guard repeats <= WireScan.repeatsMax || !ProtocolTooth.repeats.holds else {
            throw WireFault("a list that is too long")
        }
    }

    mutating func count(
        _ field: UnsafePointer<ProtobufCFieldDescriptor>,
        of descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) throws(WireFault) {
        if field.pointee.label == PROTOBUF_C_LABEL_REPEATED {
            try countRepeat()
        } else if field.pointee.type == PROTOBUF_C_TYPE_MESSAGE {
            let place = UInt64(1) << UInt64(slot(of: field, in: descriptor) & 63)
            guard submessages & place == 0 || !ProtocolTooth.submessages.holds else {
                throw WireFault("field \(field.pointee.id) stands twice")
            }
            submessages |= place
        }
    }

    /// The field's index; for a member of a oneof the index of its first member, so that two
    /// members of one oneof count as the same.
    private func slot(
        of field: UnsafePointer<ProtobufCFieldDescriptor>,
        in descriptor: UnsafePointer<ProtobufCMessageDescriptor>
    ) -> Int {
        guard let fields = descriptor.pointee.fields else { return 0 }
        let oneof = UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue)
        guard field.pointee.flags & oneof != 0 else { return fields.distance(to: field) }
        for index in 0..<Int(descriptor.pointee.n_fields)
        where fields[index].flags & oneof != 0
            && fields[index].quantifier_offset == field.pointee.quantifier_offset
        {
            return index
        }
        return fields.distance(to: field)
    }
}
