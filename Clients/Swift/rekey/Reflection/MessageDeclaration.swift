import CRekeyProto
import RekeyWire

/// A message's fields, and the names of its oneofs.
struct MessageDeclaration {
    struct Field {
        var name: String
        var number: Int32
        /// "string", or the full name of a message or enum.
        var type: String
        var isReference: Bool
        var isRepeated: Bool
        /// Its place in `oneofs`.
        var oneof: Int?
    }

    var fields: [Field]
    var oneofs: [String]

    init(_ message: Google__Protobuf__DescriptorProto) {
        fields = pointees(message.field, message.n_field).map { field in
            let scalar = Self.scalars[field.type.rawValue]
            return Field(
                name: field.name.text, number: field.number,
                type: scalar ?? fullName(field.type_name), isReference: scalar == nil,
                isRepeated: field.label
                    == GOOGLE__PROTOBUF__FIELD_DESCRIPTOR_PROTO__LABEL__LABEL_REPEATED,
                oneof: field.has_oneof_index != 0 ? Int(field.oneof_index) : nil)
        }
        oneofs = pointees(message.oneof_decl, message.n_oneof_decl).map(\.name.text)
    }

    /// By the numbers of google.protobuf.FieldDescriptorProto.Type.
    private static let scalars: [UInt32: String] = [
        1: "double", 2: "float", 3: "int64", 4: "uint64", 5: "int32", 6: "fixed64", 7: "fixed32",
        8: "bool", 9: "string", 12: "bytes", 13: "uint32", 15: "sfixed32", 16: "sfixed64",
        17: "sint32", 18: "sint64",
    ]
}
