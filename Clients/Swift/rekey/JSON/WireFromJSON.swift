import CProtobufC
import RekeyWire

/// A message's bytes from its JSON, canonical: fields in the order of their numbers, defaults left
/// out. Field names are taken as in the .proto or in lowerCamelCase; whatever does not fit is an
/// error that names its place.
enum WireFromJSON {
    static func bytes(
        _ json: JSONValue, as descriptor: MessageDescriptor
    ) throws(JSONFault) -> [UInt8] {
        guard case .object(let members) = json else { throw .wants("an object") }
        var values: [UInt32: JSONValue] = [:]
        for member in members {
            guard
                let field = descriptor.fields.first(where: {
                    $0.jsonName == member.name || $0.protoName == member.name
                })
            else { throw unknown(member.name, descriptor) }
            guard values.updateValue(member.value, forKey: field.id) == nil else {
                throw JSONFault(path: field.jsonName, problem: "stands twice")
            }
        }
        var writer = WireWriter()
        var oneofs: Set<UInt32> = []
        for field in descriptor.fields {
            guard let value = values[field.id], value != .null else { continue }
            if field.isOneofMember, !oneofs.insert(field.quantifier_offset).inserted {
                throw JSONFault(
                    path: field.jsonName, problem: "another field of the same choice is set too")
            }
            do throws(JSONFault) {
                try write(value, field, &writer)
            } catch {
                throw error.within(field.jsonName)
            }
        }
        return writer.bytes
    }

    private static func unknown(_ name: String, _ descriptor: MessageDescriptor) -> JSONFault {
        let known = descriptor.fields.map(\.jsonName).joined(separator: ", ")
        return JSONFault(
            path: name,
            problem: known.isEmpty
                ? "there is no such field; the message has none"
                : "there is no such field; the message has \(known)")
    }

    private static func write(
        _ value: JSONValue, _ field: ProtobufCFieldDescriptor, _ writer: inout WireWriter
    ) throws(JSONFault) {
        guard field.isRepeated else {
            let isDefaultWritten = field.hasPresence
            return try write(one: value, field, &writer, isDefaultWritten: isDefaultWritten)
        }
        guard case .array(let elements) = value else { throw .wants("a list") }
        var packed = WireWriter()
        for (index, element) in elements.enumerated() {
            do throws(JSONFault) {
                if field.isPacked {
                    packed.write(try word(element, field), as: WireType(field.type))
                } else {
                    try write(one: element, field, &writer, isDefaultWritten: true)
                }
            } catch {
                throw error.within("[\(index)]")
            }
        }
        if !packed.bytes.isEmpty { writer.write(field.id, packed.bytes) }
    }

    private static func write(
        one value: JSONValue, _ field: ProtobufCFieldDescriptor, _ writer: inout WireWriter,
        isDefaultWritten: Bool
    ) throws(JSONFault) {
        if WireType(field.type) == .delimited {
            let bytes = try delimited(value, field)
            if isDefaultWritten || !bytes.isEmpty { writer.write(field.id, bytes) }
        } else {
            let word = try word(value, field)
            if isDefaultWritten || word != 0 {
                writer.write(field.id, word, as: WireType(field.type))
            }
        }
    }

    private static func delimited(
        _ value: JSONValue, _ field: ProtobufCFieldDescriptor
    ) throws(JSONFault) -> [UInt8] {
        if let descriptor = field.messageDescriptor {
            return try bytes(value, as: descriptor)
        }
        if field.type == PROTOBUF_C_TYPE_STRING {
            guard case .string(let text) = value else { throw .wants("a string") }
            guard !text.utf8.contains(0) else { throw .wants("a string without NUL") }
            return Array(text.utf8)
        }
        guard case .string(let text) = value, let bytes = Base64.bytes(text) else {
            throw .wants("a string of base64")
        }
        return bytes
    }

    /// A value of a fixed size, as the bits that go on the wire.
    private static func word(
        _ value: JSONValue, _ field: ProtobufCFieldDescriptor
    ) throws(JSONFault) -> UInt64 {
        switch field.type {
        case PROTOBUF_C_TYPE_BOOL:
            guard case .bool(let bool) = value else { throw .wants("true or false") }
            return bool ? 1 : 0
        case PROTOBUF_C_TYPE_ENUM:
            return try enumeration(value, field)
        case PROTOBUF_C_TYPE_UINT64, PROTOBUF_C_TYPE_FIXED64:
            return UInt64(try integer(value, 0...Int128(UInt64.max)))
        default:
            return UInt64(try integer(value, 0...Int128(UInt32.max)))
        }
    }

    private static func enumeration(
        _ value: JSONValue, _ field: ProtobufCFieldDescriptor
    ) throws(JSONFault) -> UInt64 {
        switch value {
        case .string(let name):
            guard let descriptor = field.enumDescriptor else { throw .wants("a number") }
            guard let known = protobuf_c_enum_descriptor_get_value_by_name(descriptor, name) else {
                let names = UnsafeBufferPointer(
                    start: descriptor.pointee.values, count: Int(descriptor.pointee.n_values))
                throw .wants(
                    "one of " + names.map { String(cString: $0.name) }.joined(separator: ", "))
            }
            return UInt64(truncatingIfNeeded: known.pointee.value)
        default:
            return UInt64(
                truncatingIfNeeded: try integer(value, Int128(Int32.min)...Int128(Int32.max)))
        }
    }

    private static func integer(
        _ value: JSONValue, _ range: ClosedRange<Int128>
    ) throws(JSONFault) -> Int128 {
        let wanted = "a whole number from \(range.lowerBound) to \(range.upperBound)"
        let integer: Int128? =
            switch value {
            case .integer(let integer): integer
            case .string(let text): Int128(text)
            default: nil
            }
        guard let integer, range.contains(integer) else { throw .wants(wanted) }
        return integer
    }
}

extension JSONFault {
    fileprivate static func wants(_ what: String) -> JSONFault {
        JSONFault(path: "", problem: "must be \(what)")
    }
}
