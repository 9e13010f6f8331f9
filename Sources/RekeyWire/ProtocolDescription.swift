import CProtobufC
import CRekeyProto
public import RekeyCore

/// What services.proto says, as it was built in.
public enum ProtocolDescription {
    /// A google.protobuf.FileDescriptorSet: services.proto and all that it imports.
    public static let descriptorSet: [UInt8] = Array(
        UnsafeRawBufferPointer(
            start: rekey_descriptor_set(), count: rekey_descriptor_set_length()))

    /// Services and methods in the order of the .proto.
    public static let methods: [MethodDescription] = {
        let arena = Arena()
        return descriptorSet.withUnsafeBytes { bytes in
            arena.scope(budget: Arena.packingBudget) {
                guard let set = try? arena.decode(DescriptorSet.self, from: bytes) else {
                    preconditionFailure("the descriptor set that was built in does not parse")
                }
                return set.methods
            }
        }
    }()

    /// "rekey.v1.Rekey" and the like.
    public static let services = Set(methods.map { String($0.name.prefix { $0 != "/" }) })
}

/// The methods in a FileDescriptorSet.
private struct DescriptorSet: WireMessage {
    var methods: [MethodDescription]

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        google_file_descriptor_set_descriptor()
    }

    init(_ message: Google__Protobuf__FileDescriptorSet) {
        methods = []
        for index in 0..<message.n_file {
            guard let file = message.file[index]?.pointee else { continue }
            for index in 0..<file.n_service {
                guard let service = file.service[index]?.pointee else { continue }
                let prefix = "\(file.package.text).\(service.name.text)/"
                for index in 0..<service.n_method {
                    guard let method = service.method[index]?.pointee else { continue }
                    methods.append(
                        MethodDescription(
                            name: prefix + method.name.text, options: method.options?.pointee))
                }
            }
        }
    }

    /// Nobody sends one made of this.
    func fill(_ message: inout Google__Protobuf__FileDescriptorSet, _ arena: Arena) {}
}

extension MethodDescription {
    /// The numbers of options.proto; protobuf-c keeps what extends a message among its unknown fields.
    private enum Option {
        static let roles: UInt32 = 50001
        static let takesIdempotencyKey: UInt32 = 50002
    }

    fileprivate init(name: String, options: Google__Protobuf__MethodOptions?) {
        var roles: [Role] = []
        var takesKey = false
        let changesNothing =
            options?.idempotency_level
            == GOOGLE__PROTOBUF__METHOD_OPTIONS__IDEMPOTENCY_LEVEL__NO_SIDE_EFFECTS
        if let base = options?.base {
            for field in UnsafeBufferPointer(
                start: base.unknown_fields, count: Int(base.n_unknown_fields))
            {
                // Each is a varint below 128: one byte.
                guard field.len == 1, let value = field.data?.pointee else { continue }
                switch field.tag {
                case Option.roles:
                    if let role = Role(rawValue: UInt32(value)) { roles.append(role) }
                case Option.takesIdempotencyKey: takesKey = value != 0
                default: break
                }
            }
        }
        self.init(
            name: name, roles: roles,
            repeatability: changesNothing ? .freely : takesKey ? .withKey : .never)
    }
}
