import CRekeyProto
import RekeyWire

/// A method as its service declares it.
struct MethodDeclaration {
    var name: String
    var input: String
    var output: String

    init(_ method: Google__Protobuf__MethodDescriptorProto, _ service: String) {
        name = "\(service)/\(method.name.text)"
        input = fullName(method.input_type)
        output = fullName(method.output_type)
    }
}
