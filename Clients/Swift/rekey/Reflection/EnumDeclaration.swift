import CRekeyProto
import RekeyWire

/// An enum's values, in their order.
struct EnumDeclaration {
    var values: [(name: String, number: Int32)]

    init(_ declaration: Google__Protobuf__EnumDescriptorProto) {
        values = pointees(declaration.value, declaration.n_value).map {
            (name: $0.name.text, number: $0.number)
        }
    }
}
