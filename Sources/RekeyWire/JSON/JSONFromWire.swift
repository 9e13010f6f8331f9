import CProtobufC
import CRekeyProto

/// The bytes of a message as JSON: every field but absent submessages and unset members of a oneof,
/// in the order of their numbers, enums by name. The rest depends on who reads.
package struct JSONFromWire {
    /// How bytes are written.
    package var bytesText: (UnsafeRawBufferPointer) -> String
    /// 64-bit integers as numbers, or as strings for readers whose numbers are too short for them.
    package var areWordsNumbers: Bool
    /// Fields, named as in the .proto, whose bytes are a message.
    package var messagesInBytes: [String: MessageDescriptor]

    package init(
        bytesText: @escaping (UnsafeRawBufferPointer) -> String, areWordsNumbers: Bool,
        messagesInBytes: [String: MessageDescriptor] = [:]
    ) {
        self.bytesText = bytesText
        self.areWordsNumbers = areWordsNumbers
        self.messagesInBytes = messagesInBytes
    }

    /// Throws unless the bytes are one well-formed message of this type.
    package func value(
        _ bytes: UnsafeRawBufferPointer, as descriptor: MessageDescriptor
    ) throws(WireFault) -> JSONValue {
        try WireScan.check(bytes, as: descriptor)
        return try object(bytes, descriptor)
    }

    private func object(
        _ bytes: UnsafeRawBufferPointer, _ descriptor: MessageDescriptor
    ) throws(WireFault) -> JSONValue {
        let fields = descriptor.fields
        var values: [UInt32: [JSONValue]] = [:]
        var reader = WireReader(bytes)
        while let read = try reader.next() {
            guard let field = fields.first(where: { $0.id == read.number }) else { continue }
            if field.isRepeated {
                values[field.id, default: []] += try elements(read.value, field)
            } else {
                for other in fields where field.excludes(other) { values[other.id] = nil }
                values[field.id] = [try value(read.value, field)]
            }
        }
        return .object(
            fields.compactMap { field in
                if field.isRepeated {
                    return .init(field.jsonName, .array(values[field.id] ?? []))
                }
                let value = values[field.id]?.first ?? (field.hasPresence ? nil : zero(field))
                return value.map { .init(field.jsonName, $0) }
            })
    }

    private func elements(
        _ value: WireReader.Value, _ field: ProtobufCFieldDescriptor
    ) throws(WireFault) -> [JSONValue] {
        guard case .delimited(let bytes) = value, WireType(field.type) != .delimited else {
            return [try self.value(value, field)]
        }
        var reader = WireReader(bytes)
        var elements: [JSONValue] = []
        while !reader.isAtEnd {
            switch WireType(field.type) {
            case .fixed32: elements.append(scalar(UInt64(try reader.fixed(UInt32.self)), field))
            case .fixed64: elements.append(scalar(try reader.fixed(UInt64.self), field))
            case .varint, .delimited: elements.append(scalar(try reader.varint(), field))
            }
        }
        return elements
    }

    private func value(
        _ value: WireReader.Value, _ field: ProtobufCFieldDescriptor
    ) throws(WireFault) -> JSONValue {
        switch value {
        case .varint(let word), .fixed64(let word): scalar(word, field)
        case .fixed32(let word): scalar(UInt64(word), field)
        case .delimited(let bytes):
            if let descriptor = field.messageDescriptor {
                try object(bytes, descriptor)
            } else if field.type == PROTOBUF_C_TYPE_STRING {
                .string(String(decoding: bytes, as: UTF8.self))
            } else if let descriptor = messagesInBytes[field.protoName] {
                try self.value(bytes, as: descriptor)
            } else {
                .string(bytesText(bytes))
            }
        }
    }

    private func scalar(_ word: UInt64, _ field: ProtobufCFieldDescriptor) -> JSONValue {
        switch field.type {
        case PROTOBUF_C_TYPE_BOOL:
            return .bool(word != 0)
        case PROTOBUF_C_TYPE_ENUM:
            let number = Int32(truncatingIfNeeded: word)
            let known = field.enumDescriptor.flatMap {
                protobuf_c_enum_descriptor_get_value($0, number)
            }
            return known.map { .string(String(cString: $0.pointee.name)) }
                ?? .integer(Int128(number))
        case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
            return areWordsNumbers ? .integer(Int128(word)) : .string("\(word)")
        default:
            return .integer(Int128(UInt32(truncatingIfNeeded: word)))
        }
    }

    private func zero(_ field: ProtobufCFieldDescriptor) -> JSONValue {
        WireType(field.type) == .delimited ? .string("") : scalar(0, field)
    }
}
