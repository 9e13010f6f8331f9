// The callers that a server knows, and their file. Access looks callers up here; CallerRegistry adds
// them. Who is not in it may not call.
//
//     {
//       "operator": { "role": "operator" },
//       "portal": {
//         "role": "service",
//         "methods": ["rekey.v1.Rekey/RequestReset", "rekey.v1.Rekey/ValidateLink"]
//       }
//     }
//
// A name is what a certificate says of its owner: a DNS name or URI among its alternative names, or its
// common name where it has neither. "methods" narrows a role, and may be left out.

import Foundation
public import RekeyCore
import RekeyWire

struct Callers: Sendable {
    private var entries: [String: Entry]

    private struct Entry: Sendable {
        let role: Role
        let methods: Set<String>?
    }

    init() { entries = [:] }

    /// - Throws: what line of thought the file breaks, and the remedy.
    init(file path: String) throws(AccessError) {
        let text = try AccessFile.read(path, .trusted)
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)),
            let members = object as? [String: Any]
        else {
            throw AccessError(
                path, #"is not a JSON object of callers, like {"portal": {"role": "service"}}"#)
        }
        entries = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            do throws(Problem) {
                entries[name] = try Self.entry(value)
            } catch {
                throw AccessError(path, "caller \"\(name)\": \(error.text)")
            }
        }
    }

    private struct Problem: Error { let text: String }

    private static func entry(_ value: Any) throws(Problem) -> Entry {
        guard let members = value as? [String: Any], let role = members["role"] as? String else {
            throw Problem(text: "it needs a role, one of \(Role.names)")
        }
        if let other = members.keys.sorted().first(where: { $0 != "role" && $0 != "methods" }) {
            throw Problem(text: "\"\(other)\" is neither \"role\" nor \"methods\"")
        }
        guard let role = Role(name: role) else {
            throw Problem(text: "there is no role \"\(role)\"; it must be one of \(Role.names)")
        }
        guard let methods = members["methods"] else { return Entry(role: role, methods: nil) }
        guard let methods = methods as? [String] else {
            throw Problem(text: "\"methods\" must be a list of names like rekey.v1.Rekey/Login")
        }
        for method in methods {
            let known = ProtocolDescription.methods.first { $0.name == method }
            guard let known else { throw Problem(text: "there is no method \"\(method)\"") }
            guard known.roles.contains(role) else {
                throw Problem(text: "role \(role.name) may not call \"\(method)\" in any case")
            }
        }
        return Entry(role: role, methods: Set(methods))
    }

    /// nil for a name that nobody gave a role.
    subscript(name: String) -> Caller? {
        entries[name].map { Caller(name: name, role: $0.role, methods: $0.methods) }
    }

    func role(of name: String) -> Role? { entries[name]?.role }

    mutating func add(_ name: String, _ role: Role) {
        entries[name] = Entry(role: role, methods: nil)
    }

    /// As `init(file:)` reads it.
    var text: String {
        let lines = entries.sorted { $0.key < $1.key }.map { name, entry in
            let methods = entry.methods.map { methods in
                ",\n    \"methods\": ["
                    + methods.sorted().map(Self.quoted).joined(separator: ", ") + "]"
            }
            return
                "  \(Self.quoted(name)): {\n    \"role\": \"\(entry.role.name)\"\(methods ?? "")\n  }"
        }
        return lines.isEmpty ? "{}\n" : "{\n\(lines.joined(separator: ",\n"))\n}\n"
    }

    private static func quoted(_ text: String) -> String {
        // Encoding a string cannot fail.
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

extension Role {
    /// By its name as people write it.
    public init?(name: String) {
        guard let role = Role.allCases.first(where: { $0.name == name }) else { return nil }
        self = role
    }

    /// "service, operator, auditor, monitor".
    public static var names: String { allCases.map(\.name).joined(separator: ", ") }
}
