import ArgumentParser
import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Testing

@testable import rekey

@Suite("What a server tells of itself", .timeLimit(.minutes(1)))
struct ReflectionTests {
    private static let limits = ServerLimits(
        requestFrameBytesMax: 1, responseFrameBytesMax: 2, callsMax: 3, deadlineDefault: .zero,
        deadlineMax: .zero, helloWithin: .zero, frameWithin: .zero, idle: .zero, pingAfter: .zero,
        pongWithin: .zero, drain: .zero, idempotencyKeyBytesMax: 4, idempotencyKeysMax: 5,
        idempotencyLife: .zero)

    /// One that describes itself with these methods and this set.
    private static func server(
        _ methods: [MethodDescription] = ProtocolDescription.methods,
        _ descriptorSet: [UInt8] = ProtocolDescription.descriptorSet
    ) async throws -> ScriptedServer {
        try await ScriptedServer.answering { request, peer in
            guard request.method.text == Describe.name else {
                return peer.refuse(request.callID, Failure(Refusal(.methodUnknown, "no")))
            }
            peer.reply(
                request.callID,
                Describe.Reply(descriptorSet: descriptorSet, methods: methods, limits: limits))
        }
    }

    private static func call(
        _ arguments: [String], _ server: ScriptedServer, columns: Int? = nil
    ) async throws -> (exit: ExitClass, Standing) {
        let standing = try Standing(
            environment: [
                "REKEY_SERVER": "127.0.0.1:\(server.port)", "REKEY_PLAINTEXT_ON_LOOPBACK": "true",
            ], columns: columns)
        let command = try Rekey.parseAsRoot(["call"] + arguments)
        let exit = await (try #require(command as? any RemoteCommand)).run(in: standing.world)
        return (exit, standing)
    }

    @Test("the list has the server's methods, their roles and when to repeat them, in 80 columns")
    func list() async throws {
        let server = try await Self.server()
        let (exit, standing) = try await Self.call(["--list"], server, columns: 80)
        #expect(exit == .done)
        let lines = standing.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 1 + ProtocolDescription.methods.count)
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 80 && !$0.contains("…") })
        let rows = lines.map { $0.split(separator: " ").map(String.init) }
        #expect(rows.contains(["rekey.v1.Rekey/Login", "service", "never"]))
        #expect(rows.contains(["rekey.v1.Rekey/Activate", "service", "with", "key"]))
        #expect(rows.contains(["rekey.v1.Operator/GetAccount", "operator,", "auditor", "freely"]))
        #expect(rows.contains(["rekey.v1.Rekey/Health", "everybody", "freely"]))
    }

    @Test("the list is the server's own, whatever this program knows, and is escaped")
    func listOfTomorrow() async throws {
        let server = try await Self.server([
            MethodDescription(name: "a.b.C/D\u{1B}", roles: [.monitor], repeatability: .never)
        ])
        let (_, text) = try await Self.call(["--list"], server)
        #expect(text.output == "METHOD         ROLES    REPEAT\na.b.C/D\\u{1b}  monitor  never\n")
        let (_, json) = try await Self.call(["--list", "--json"], server)
        #expect(
            json.output.hasPrefix(
                #"{"methods":[{"name":"a.b.C/D\u001b","roles":["ROLE_MONITOR"],"#
                    + #""repeat":"REPEAT_NEVER"}],"limits":{"requestFrameBytesMax":1,"#))
    }

    @Test(
        "a method is shown with the messages that it uses, by any of its names",
        arguments: ["CheckSession", "Rekey/CheckSession", "rekey.v1.Rekey/CheckSession"])
    func method(_ name: String) async throws {
        let server = try await Self.server()
        let (exit, standing) = try await Self.call(["--describe", name], server)
        #expect(exit == .done)
        #expect(
            standing.output == """
                // rekey.v1.Rekey/CheckSession
                // Roles: service. Repeat: freely.
                rpc CheckSession(CheckSessionRequest) returns (CheckSessionReply);

                message CheckSessionRequest {
                  bytes session = 1;
                }

                message CheckSessionReply {
                  string account_id = 1;
                  string identifier = 2;
                  string name = 3;
                  fixed64 valid_until_ms = 4;
                  fixed64 idle_until_ms = 5;
                }

                """)
    }

    @Test("every method's declaration names each of its types once, in 80 columns")
    func everyMethod() async throws {
        let server = try await Self.server()
        for method in ProtocolDescription.methods {
            let (exit, standing) = try await Self.call(["--describe", method.name], server)
            #expect(exit == .done)
            let lines = standing.output.split(separator: "\n").map(String.init)
            #expect(lines.allSatisfy { $0.count <= 80 }, "\(method.name)")
            let heads = lines.filter { $0.hasPrefix("message ") || $0.hasPrefix("enum ") }
            #expect(Set(heads).count == heads.count)
            #expect(heads.count >= (method.name.hasSuffix("/DeleteAccount") ? 2 : 1))
            #expect(!standing.output.contains("is not described"))
        }
    }

    @Test("a message or an enum is shown alone; programs get the same as JSON")
    func types() async throws {
        let server = try await Self.server()
        let (_, text) = try await Self.call(["--describe", "MethodDescription"], server)
        #expect(
            text.output.hasPrefix(
                """
                message MethodDescription {
                  string name = 1;
                  repeated Role roles = 2;
                  Repeat repeat = 3;
                }

                enum Role {
                  ROLE_UNSPECIFIED = 0;
                """))
        let (_, json) = try await Self.call(["--describe", "rekey.v1.Repeat", "--json"], server)
        #expect(
            json.output == #"{"messages":[],"enums":[{"name":"rekey.v1.Repeat","values":["#
                + #"{"name":"REPEAT_UNSPECIFIED","number":0},{"name":"REPEAT_FREELY","number":1},"#
                + #"{"name":"REPEAT_WITH_KEY","number":2},{"name":"REPEAT_NEVER","number":3}]}]}"#
                + "\n")
        let (_, method) = try await Self.call(["--describe", "Logout", "--json"], server)
        #expect(
            method.output.hasPrefix(
                #"{"method":{"name":"rekey.v1.Rekey/Logout","input":"rekey.v1.LogoutRequest","#
                    + #""output":"rekey.v1.LogoutReply","roles":["ROLE_SERVICE"],"#
                    + #""repeat":"REPEAT_WITH_KEY"},"messages":[{"name":"rekey.v1.LogoutRequest","#
                    + #""fields":[{"name":"session","number":1,"type":"bytes","repeated":false}]}"#)
        )
    }

    /// package p; message M { oneof o { string a = 1; M.E b = 2; } repeated M c = 3;
    /// enum E { Z = 0; N = -1; } }, as a FileDescriptorSet.
    private static let nested: [UInt8] = {
        func message(_ fields: (UInt32, [UInt8])...) -> [UInt8] {
            var writer = WireWriter()
            for (number, content) in fields { writer.write(number, content) }
            return writer.bytes
        }
        func field(
            _ name: String, _ number: UInt64, _ type: UInt64, label: UInt64 = 1,
            of typeName: String = "", isInOneof: Bool = false
        ) -> [UInt8] {
            var writer = WireWriter()
            writer.write(1, Array(name.utf8))
            writer.write(3, number, as: .varint)
            writer.write(4, label, as: .varint)
            writer.write(5, type, as: .varint)
            if !typeName.isEmpty { writer.write(6, Array(typeName.utf8)) }
            if isInOneof { writer.write(9, 0, as: .varint) }
            return writer.bytes
        }
        func value(_ name: String, _ number: UInt64) -> [UInt8] {
            var writer = WireWriter()
            writer.write(1, Array(name.utf8))
            writer.write(2, number, as: .varint)
            return writer.bytes
        }
        let declaredEnum = message(
            (1, Array("E".utf8)), (2, value("Z", 0)), (2, value("N", UInt64(bitPattern: -1))))
        let declared = message(
            (1, Array("M".utf8)), (2, field("a", 1, 9, isInOneof: true)),
            (2, field("b", 2, 14, of: ".p.M.E", isInOneof: true)),
            (2, field("c", 3, 11, label: 3, of: ".p.M")), (4, declaredEnum),
            (8, message((1, Array("o".utf8)))))
        return message((1, message((2, Array("p".utf8)), (4, declared))))
    }()

    @Test("oneofs, nested types, negative values and messages of themselves are shown")
    func nestedTypes() async throws {
        let server = try await Self.server([], Self.nested)
        let (_, standing) = try await Self.call(["--describe", "M"], server)
        #expect(
            standing.output == """
                message M {
                  oneof o {
                    string a = 1;
                    M.E b = 2;
                  }
                  repeated M c = 3;
                }

                enum M.E {
                  Z = 0;
                  N = -1;
                }

                """)
    }

    @Test("a name that the server does not have is said; so is a set that cannot be read")
    func unknown() async throws {
        let server = try await Self.server()
        for name in ["Nonsense", "", "ogin"] {
            let (exit, standing) = try await Self.call(["--describe", name], server)
            #expect(exit == .usage)
            #expect(standing.errors.contains("rekey call --list"))
        }
        let broken = try await Self.server([], [0x0A, 0xFF])
        let (exit, standing) = try await Self.call(["--describe", "Login"], broken)
        #expect(exit == .fault)
        #expect(standing.errors.contains("cannot be read"))
    }

    @Test(
        "a server without reflection is said to be one",
        arguments: [["--list"], ["--describe", "a"]])
    func none(_ arguments: [String]) async throws {
        let server = try await ScriptedServer.answering {
            $1.refuse($0.callID, Failure(Refusal(.methodUnknown, "no such method")))
        }
        let (exit, standing) = try await Self.call(arguments, server)
        #expect(exit == .unimplemented)
        #expect(standing.errors.contains("this server has no reflection"))
        #expect(standing.errors.contains("\n  rekey.v1.Operator/ListLetters\n"))
        let (_, json) = try await Self.call(arguments + ["--json"], server)
        #expect(json.errors.contains(#""reason":"METHOD_UNKNOWN""#))
    }

    @Test(
        "one thing is asked at a time",
        arguments: [
            [], ["--list", "Login"], ["--list", "--describe", "a"], ["--describe", "a", "b"],
        ])
    func oneWish(_ arguments: [String]) {
        #expect(throws: (any Error).self) { try Rekey.parseAsRoot(["call"] + arguments) }
    }
}
