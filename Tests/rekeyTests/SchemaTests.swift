import RekeyCore
import RekeyWire
import Testing

@testable import rekey

@Suite("What the messages of the protocol hold, and what they never do")
struct SchemaTests {
    private let schema: Schema

    init() throws { schema = try #require(Schema(ProtocolDescription.descriptorSet)) }

    /// The fields of a message and of all that it is made of, as "Message.field".
    private func fields(_ type: String) -> [(name: String, field: MessageDeclaration.Field)] {
        schema.closure([type]).flatMap { type in
            (schema.messages[type]?.fields ?? []).map { ("\(type).\($0.name)", $0) }
        }
    }

    @Test("R78: no reply gives out bytes but Login's session and the protocol's own description")
    func replies() {
        let bytes = Set(
            schema.methods.flatMap { fields($0.output) }.filter { $0.field.type == "bytes" }
                .map(\.name))
        #expect(bytes == ["rekey.v1.LoginReply.session", "rekey.v1.DescribeReply.descriptor_set"])
        let words = ["link", "code", "password", "confirmation", "token"]
        let named = schema.methods.flatMap { fields($0.output) }.filter {
            words.contains($0.field.name)
        }
        #expect(named.allSatisfy { $0.field.isReference }, "a reply's \(named.map(\.name))")
    }

    @Test(
        "R78: a password is set by whoever proves link and code, or session and password; by nobody else"
    )
    func passwords() {
        let taking = schema.methods.filter { method in
            fields(method.input).contains { $0.field.name.contains("password") }
        }
        #expect(
            Set(taking.map(\.name)) == [
                "rekey.v1.Rekey/Activate", "rekey.v1.Rekey/ChangePassword", "rekey.v1.Rekey/Login",
            ])
        for (method, proofs) in [
            ("rekey.v1.Rekey/Activate", ["link", "code"]),
            ("rekey.v1.Rekey/ChangePassword", ["session", "current_password"]),
        ] {
            let names = fields(schema.method(method)?.input ?? "").map(\.field.name)
            #expect(proofs.allSatisfy(names.contains))
        }
    }

    @Test("R09: no request of the flow says where a letter goes")
    func destinations() {
        for method in schema.methods where method.name.hasPrefix("rekey.v1.Rekey/") {
            for (name, field) in fields(method.input) {
                #expect(!["mail", "mobile", "phone", "to"].contains(field.name), "\(name)")
            }
        }
    }

    @Test("R15: no request of any method says where a link leads")
    func linkBase() {
        let inputs = schema.methods.flatMap { fields($0.input) }
        let words = ["url", "uri", "base", "host", "domain", "redirect", "callback"]
        for (name, field) in inputs {
            for word in words { #expect(!field.name.lowercased().contains(word), "\(name)") }
        }
        // What is nested in a request was looked at too.
        #expect(inputs.contains { $0.name == "rekey.v1.Origin.address" })
    }

    @Test("R10: there is no question, answer or hint anywhere in the schema")
    func questions() {
        let names =
            schema.methods.map(\.name) + schema.messages.keys
            + schema.messages.values.flatMap { $0.fields.map(\.name) }
        for name in names {
            for word in ["question", "hint", "answer"] {
                #expect(!name.lowercased().contains(word), "\(name)")
            }
        }
    }

    @Test("R76: every method names the roles that may call it")
    func roles() {
        #expect(ProtocolDescription.methods.allSatisfy { !$0.roles.isEmpty })
        #expect(ProtocolDescription.methods.map(\.name) == schema.methods.map(\.name))
    }
}
