package import CProtobufC

package typealias MessageDescriptor = UnsafePointer<ProtobufCMessageDescriptor>

/// What protoc-c wrote down about a message.
extension UnsafePointer<ProtobufCMessageDescriptor> {
    /// By ascending number.
    package var fields: UnsafeBufferPointer<ProtobufCFieldDescriptor> {
        UnsafeBufferPointer(start: pointee.fields, count: Int(pointee.n_fields))
    }
}

extension ProtobufCFieldDescriptor {
    /// As in the .proto: "origin", "valid_until_ms".
    package var protoName: String { String(cString: name) }

    /// "validUntilMs": an underscore goes, and the letter behind it is made upper case (protobuf,
    /// "ProtoJSON Format").
    package var jsonName: String {
        var result = ""
        var isUpper = false
        for scalar in protoName.unicodeScalars {
            if scalar == "_" {
                isUpper = true
            } else {
                result += isUpper ? scalar.properties.uppercaseMapping : String(scalar)
                isUpper = false
            }
        }
        return result
    }

    package var isRepeated: Bool { label == PROTOBUF_C_LABEL_REPEATED }
    package var isOneofMember: Bool { flags & UInt32(PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue) != 0 }
    package var isPacked: Bool { flags & UInt32(PROTOBUF_C_FIELD_FLAG_PACKED.rawValue) != 0 }

    /// Both are members of one oneof.
    package func excludes(_ other: ProtobufCFieldDescriptor) -> Bool {
        isOneofMember && other.isOneofMember && quantifier_offset == other.quantifier_offset
    }

    /// Absence can be told from the default.
    package var hasPresence: Bool { isOneofMember || type == PROTOBUF_C_TYPE_MESSAGE }

    package var messageDescriptor: MessageDescriptor? {
        type == PROTOBUF_C_TYPE_MESSAGE
            ? descriptor?.assumingMemoryBound(to: ProtobufCMessageDescriptor.self) : nil
    }

    package var enumDescriptor: UnsafePointer<ProtobufCEnumDescriptor>? {
        type == PROTOBUF_C_TYPE_ENUM
            ? descriptor?.assumingMemoryBound(to: ProtobufCEnumDescriptor.self) : nil
    }
}
