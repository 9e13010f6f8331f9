// What a server says of its own methods and messages, which may be more than this program knows, and
// how that is shown. `rekey call --describe` comes in; it touches nothing outside.

import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire

/// The declarations in a google.protobuf.FileDescriptorSet, by their full names: "rekey.v1.Origin",
/// and "rekey.v1.Rekey/Login" for methods.
struct Schema {
    private(set) var methods: [MethodDeclaration] = []
    private(set) var messages: [String: MessageDeclaration] = [:]
    private(set) var enums: [String: EnumDeclaration] = [:]

    /// nil when the bytes are no such set.
    init?(_ descriptorSet: [UInt8]) {
        let arena = Arena()
        let read = descriptorSet.withUnsafeBytes { bytes in
            // A field's description unpacks to many times its length.
            arena.scope(budget: Arena.packingBudget) { try? arena.decode(Schema.self, from: bytes) }
        }
        guard let read else { return nil }
        self = read
    }

    /// By "Login", "Rekey/Login" or "rekey.v1.Rekey/Login".
    func method(_ name: String) -> MethodDeclaration? {
        methods.first { Self.isNamed(name, $0.name) }
    }

    /// A message or enum, by "Origin" or "rekey.v1.Origin": its full name.
    func type(_ name: String) -> String? {
        (Array(messages.keys) + enums.keys).sorted().first { Self.isNamed(name, $0) }
    }

    private static func isNamed(_ name: String, _ full: String) -> Bool {
        let name = Array(name.utf8)
        let full = Array(full.utf8)
        guard !name.isEmpty, full.suffix(name.count).elementsEqual(name) else { return false }
        let before = full.dropLast(name.count).last
        return before == nil || before == UInt8(ascii: ".") || before == UInt8(ascii: "/")
    }

    /// These types and all that their fields are made of, each once, those that are used first.
    func closure(_ types: [String]) -> [String] {
        var found: [String] = []
        var queue = types
        while !queue.isEmpty {
            let next = queue.removeFirst()
            guard !found.contains(next) else { continue }
            found.append(next)
            queue += messages[next]?.fields.filter(\.isReference).map(\.type) ?? []
        }
        return found
    }
}

extension Schema: WireMessage {
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        google_file_descriptor_set_descriptor()
    }

    init(_ message: Google__Protobuf__FileDescriptorSet) {
        for file in pointees(message.file, message.n_file) {
            let package = file.package.text
            for service in pointees(file.service, file.n_service) {
                methods += pointees(service.method, service.n_method).map {
                    MethodDeclaration($0, "\(package).\(service.name.text)")
                }
            }
            for message in pointees(file.message_type, file.n_message_type) {
                add(message, within: package)
            }
            add(pointees(file.enum_type, file.n_enum_type), within: package)
        }
    }

    private mutating func add(
        _ message: Google__Protobuf__DescriptorProto, within scope: String
    ) {
        let name = "\(scope).\(message.name.text)"
        messages[name] = MessageDeclaration(message)
        for nested in pointees(message.nested_type, message.n_nested_type) {
            add(nested, within: name)
        }
        add(pointees(message.enum_type, message.n_enum_type), within: name)
    }

    private mutating func add(
        _ declared: [Google__Protobuf__EnumDescriptorProto], within scope: String
    ) {
        for declaration in declared {
            enums["\(scope).\(declaration.name.text)"] = EnumDeclaration(declaration)
        }
    }

    /// Nobody sends one made of this.
    func fill(_ message: inout Google__Protobuf__FileDescriptorSet, _ arena: Arena) {}
}
