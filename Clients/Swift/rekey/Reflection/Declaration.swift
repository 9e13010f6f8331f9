import RekeyCore
import RekeyWire

/// A method, or a message or enum, together with all the types that it is made of: for people as the
/// .proto declares them, for programs as JSON.
struct Declaration {
    private let schema: Schema
    private let method: (declaration: MethodDeclaration, description: MethodDescription?)?
    private let types: [String]

    /// nil when the server has nothing of this name.
    init?(_ name: String, _ schema: Schema, _ methods: [MethodDescription]) {
        self.schema = schema
        if let method = schema.method(name) {
            let description = methods.first { $0.name.utf8.elementsEqual(method.name.utf8) }
            self.method = (method, description)
            types = schema.closure([method.input, method.output])
        } else if let type = schema.type(name) {
            method = nil
            types = schema.closure([type])
        } else {
            return nil
        }
    }

    // MARK: For people

    /// Names are short: what is of the same package stands without it. A type within a message is
    /// written behind it, by its name with a dot.
    var text: String {
        ((method.map { [text($0)] } ?? []) + types.map(text)).joined(separator: "\n")
    }

    private func text(
        _ method: (declaration: MethodDeclaration, description: MethodDescription?)
    ) -> String {
        let declaration = method.declaration
        let name = declaration.name.split(separator: "/").last.map(String.init) ?? ""
        var lines = ["// \(declaration.name)"]
        if let description = method.description {
            lines.append(
                "// Roles: \(description.roleNames). Repeat: \(description.repeatability.name).")
        }
        let takes = "rpc \(name)(\(short(declaration.input)))"
        let gives = "returns (\(short(declaration.output)));"
        lines +=
            takes.utf8.count + gives.utf8.count < 80
            ? ["\(takes) \(gives)"] : [takes, "    \(gives)"]
        return lines.map { $0.escaped + "\n" }.joined()
    }

    private func text(_ type: String) -> String {
        let lines =
            if let message = schema.messages[type] {
                block("message \(short(type))", fields(message))
            } else if let declared = schema.enums[type] {
                block("enum \(short(type))", declared.values.map { "\($0.name) = \($0.number);" })
            } else {
                ["// \(type) is not described."]
            }
        return lines.map { $0.escaped + "\n" }.joined()
    }

    private func fields(_ message: MessageDeclaration) -> [String] {
        var lines: [String] = []
        var written: Set<Int> = []
        for field in message.fields {
            guard let oneof = field.oneof, message.oneofs.indices.contains(oneof) else {
                lines.append(text(field))
                continue
            }
            guard written.insert(oneof).inserted else { continue }
            let members = message.fields.filter { $0.oneof == oneof }.map(text)
            lines += block("oneof \(message.oneofs[oneof])", members)
        }
        return lines
    }

    private func text(_ field: MessageDeclaration.Field) -> String {
        let type = field.isReference ? short(field.type) : field.type
        return "\(field.isRepeated ? "repeated " : "")\(type) \(field.name) = \(field.number);"
    }

    private func block(_ head: String, _ lines: [String]) -> [String] {
        lines.isEmpty ? ["\(head) {}"] : ["\(head) {"] + lines.map { "  \($0)" } + ["}"]
    }

    private func short(_ name: String) -> String {
        String(name.trimmingPrefix(package))
    }

    /// "rekey.v1.": what stands before the first name of a service, message or enum.
    private var package: String {
        let name = method?.declaration.name ?? types.first ?? ""
        let parts = name.split(separator: ".").prefix { $0.first?.isLowercase == true }
        return parts.map { "\($0)." }.joined()
    }

    // MARK: For programs

    var json: JSONValue {
        var members: [JSONValue.Member] = []
        if let method { members.append(.init("method", json(method))) }
        let messages = types.compactMap { name in
            schema.messages[name].map { json(name, "fields", $0.fields.map(json)) }
        }
        let enums = types.compactMap { name in
            schema.enums[name].map { json(name, "values", $0.values.map(json)) }
        }
        members += [.init("messages", .array(messages)), .init("enums", .array(enums))]
        return .object(members)
    }

    private func json(
        _ method: (declaration: MethodDeclaration, description: MethodDescription?)
    ) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("name", .string(method.declaration.name)),
            .init("input", .string(method.declaration.input)),
            .init("output", .string(method.declaration.output)),
        ]
        if let description = method.description {
            members += [
                .init(
                    "roles",
                    .array(description.roles.map { .string("ROLE_\($0.name.uppercased())") })),
                // As in the JSON of --list, which is protobuf's.
                .init("repeat", .string(description.repeatability.protoName)),
            ]
        }
        return .object(members)
    }

    private func json(_ name: String, _ what: String, _ parts: [JSONValue]) -> JSONValue {
        .object([.init("name", .string(name)), .init(what, .array(parts))])
    }

    private func json(_ value: (name: String, number: Int32)) -> JSONValue {
        .object([
            .init("name", .string(value.name)), .init("number", .integer(Int128(value.number))),
        ])
    }

    private func json(_ field: MessageDeclaration.Field) -> JSONValue {
        .object([
            .init("name", .string(field.name)), .init("number", .integer(Int128(field.number))),
            .init("type", .string(field.type)), .init("repeated", .bool(field.isRepeated)),
        ])
    }
}

extension MethodDescription {
    /// "operator, auditor".
    /// All of them make a line that fits no terminal.
    var roleNames: String {
        Set(roles) == Set(Role.allCases)
            ? "everybody" : roles.map(\.name).joined(separator: ", ")
    }
}

extension Repeatability {
    fileprivate var protoName: String {
        switch self {
        case .freely: "REPEAT_FREELY"
        case .withKey: "REPEAT_WITH_KEY"
        case .never: "REPEAT_NEVER"
        }
    }

    /// As people write it.
    var name: String {
        switch self {
        case .freely: "freely"
        case .withKey: "with key"
        case .never: "never"
        }
    }
}
