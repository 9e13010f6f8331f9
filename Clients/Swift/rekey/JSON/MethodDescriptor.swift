import CProtobufC
import CRekeyProto
import RekeyWire

/// A method of one of the services, as the .proto declares it.
struct MethodDescriptor {
    /// "rekey.v1.Rekey/Login".
    var fullName: String
    /// "Login".
    var name: String
    var input: MessageDescriptor
    var output: MessageDescriptor

    static var all: [MethodDescriptor] {
        [rekey_rekey_descriptor(), rekey_operator_descriptor(), rekey_reflection_descriptor()]
            .flatMap { service in
                guard let service else { return [MethodDescriptor]() }
                let methods = UnsafeBufferPointer(
                    start: service.pointee.methods, count: Int(service.pointee.n_methods))
                return methods.map { method in
                    MethodDescriptor(
                        service: String(cString: service.pointee.name),
                        name: String(cString: method.name), input: method.input,
                        output: method.output)
                }
            }
    }

    /// By "Login", "Rekey/Login" or "rekey.v1.Rekey/Login".
    init?(named name: String) {
        let found = Self.all.first { method in
            let full = method.fullName.utf8
            return full.elementsEqual(name.utf8)
                || full.reversed().starts(with: "/\(name)".utf8.reversed())
                || full.reversed().starts(with: ".\(name)".utf8.reversed())
        }
        guard let found else { return nil }
        self = found
    }

    private init(
        service: String, name: String, input: MessageDescriptor, output: MessageDescriptor
    ) {
        fullName = "\(service)/\(name)"
        self.name = name
        self.input = input
        self.output = output
    }
}
