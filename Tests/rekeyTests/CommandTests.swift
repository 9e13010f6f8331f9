import ArgumentParser
import Foundation
import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Testing

@testable import rekey

@Suite("Commands", .timeLimit(.minutes(1)))
struct CommandTests {
    /// A server that logs everybody in and out, and tells what it was sent.
    private static func server(
        _ heard: AsyncStream<[String]>.Continuation? = nil
    ) async throws -> ScriptedServer {
        try await ScriptedServer.answering { request, peer in
            switch request.method.text {
            case Login.name:
                let read = try? Arena.read(Login.Request.self, request.body)
                heard?.yield([read?.password.text ?? "", read?.earlierSession?.text ?? "none"])
                peer.reply(
                    request.callID,
                    Login.Reply(
                        session: Secret("CANARY-TOKEN"),
                        validUntil: Timestamp(milliseconds: 1_800_000_060_000), idle: .minutes(5)))
            case Logout.name:
                heard?.yield([
                    (try? Arena.read(Logout.Request.self, request.body))?.session.text ?? ""
                ])
                peer.reply(request.callID, Nothing())
            default:
                peer.refuse(request.callID, Failure(Refusal(.methodUnknown, "not \u{1B}here")))
            }
        }
    }

    private static func run(
        _ arguments: [String], _ standing: Standing
    ) async throws -> ExitClass {
        let command = try Rekey.parseAsRoot(arguments)
        return await (try #require(command as? any RemoteCommand)).run(in: standing.world)
    }

    private static func environment(_ server: ScriptedServer, _ folder: String) -> [String: String]
    {
        [
            "REKEY_SERVER": "127.0.0.1:\(server.port)", "REKEY_PLAINTEXT_ON_LOOPBACK": "true",
            "XDG_STATE_HOME": folder,
        ]
    }

    @Test("R69: login stores the session and shows it to nobody", arguments: [false, true])
    func login(_ isJSON: Bool) async throws {
        try await Standing.inFolder { folder in
            let server = try await Self.server()
            let standing = try Standing(
                input: "a password\n", environment: Self.environment(server, folder))
            let arguments = ["login", "a", "--password-file", "-"] + (isJSON ? ["--json"] : [])
            #expect(try await Self.run(arguments, standing) == .done)
            #expect(
                try SessionFile(nil, ["XDG_STATE_HOME": folder]).read()?.text == "CANARY-TOKEN")
            #expect(!standing.output.isEmpty)
            for text in [standing.output, standing.errors] {
                #expect(!text.contains("CANARY"))
                #expect(!text.contains(Base64.text("CANARY-TOKEN".utf8)))
            }
        }
    }

    @Test("login prints the token, and nothing else, when that is asked for")
    func loginForPipes() async throws {
        try await Standing.inFolder { folder in
            let server = try await Self.server()
            let standing = try Standing(
                input: "a password\n", environment: Self.environment(server, folder))
            let arguments = ["login", "a", "--password-file", "-", "--session-file", "-"]
            #expect(try await Self.run(arguments, standing) == .done)
            #expect(standing.output == "CANARY-TOKEN\n")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }

    @Test("R59: login presents a session that is still stored; logout ends it and removes its file")
    func earlierSession() async throws {
        try await Standing.inFolder { folder in
            let (heard, hear) = AsyncStream.makeStream(of: [String].self)
            let server = try await Self.server(hear)
            var sent = heard.makeAsyncIterator()
            for expected in ["none", "CANARY-TOKEN"] {
                let standing = try Standing(
                    input: "a password\n", environment: Self.environment(server, folder))
                _ = try await Self.run(["login", "a", "--password-file", "-"], standing)
                #expect(await sent.next() == ["a password", expected])
            }
            let standing = try Standing(environment: Self.environment(server, folder))
            #expect(try await Self.run(["session", "logout"], standing) == .done)
            #expect(await sent.next() == ["CANARY-TOKEN"])
            #expect(try SessionFile(nil, ["XDG_STATE_HOME": folder]).read() == nil)
            #expect(try await Self.run(["session", "logout"], standing) == .cannotRead)
        }
    }

    @Test("a session that cannot be stored is ended, and the command fails")
    func sessionNotStored() async throws {
        let (heard, hear) = AsyncStream.makeStream(of: [String].self)
        let server = try await Self.server(hear)
        var sent = heard.makeAsyncIterator()
        let standing = try Standing(
            input: "a password\n", environment: Self.environment(server, "/proc"))
        let arguments = ["login", "a", "--password-file", "-"]
        #expect(try await Self.run(arguments, standing) == .cannotWrite)
        _ = await sent.next()
        #expect(await sent.next() == ["CANARY-TOKEN"])
    }

    @Test("R74: without a profile nothing is asked, read or sent, and it is said what to do")
    func noProfile() async throws {
        for environment in [[:], ["HOME": "/nowhere"], ["XDG_CONFIG_HOME": "/nowhere"]] {
            let standing = try Standing(input: "a password\n", environment: environment)
            let arguments = ["login", "a", "--password-file", "-"]
            #expect(try await Self.run(arguments, standing) == .profile)
            for words in ["no profile", "rekeyd init", "rekeyd cert issue", "--profile"] {
                #expect(standing.errors.contains(words))
            }
            #expect(try standing.world.input.line() == Array("a password".utf8))
        }
    }

    @Test("an account is deleted without a terminal only with --yes")
    func deletion() async throws {
        let standing = try Standing(input: "yes\n")
        let arguments = ["account", "delete", "a", "--plaintext-on-loopback"]
        #expect(try await Self.run(arguments, standing) == .usage)
        #expect(standing.errors.contains("--yes"))
    }

    @Test("a refusal goes to standard error, escaped, with the exit code of its class")
    func refusal() async throws {
        let server = try await Self.server()
        let standing = try Standing(environment: Self.environment(server, "/nowhere"))
        #expect(try await Self.run(["status"], standing) == .unimplemented)
        #expect(standing.output.isEmpty)
        #expect(standing.errors == "rekey: not \\u{1b}here\n")
    }

    @Test("call sends JSON as a message and prints the reply as JSON")
    func call() async throws {
        let (heard, hear) = AsyncStream.makeStream(of: [String].self)
        let server = try await Self.server(hear)
        let body = #"{"identifier":"a","password":"\#(Base64.text("pass".utf8))"}"#
        let standing = try Standing(
            input: body, environment: Self.environment(server, "/nowhere"))
        #expect(try await Self.run(["call", "Login", "-"], standing) == .done)
        #expect(
            standing.output
                == #"{"session":"\#(Base64.text("CANARY-TOKEN".utf8))","#
                + #""validUntilMs":"1800000060000","idleMs":"300000"}"# + "\n")
        var sent = heard.makeAsyncIterator()
        #expect(await sent.next() == ["pass", "none"])
    }
}

extension Arena {
    fileprivate static func read<Value: WireMessage>(
        _: Value.Type, _ body: UnsafeRawBufferPointer
    ) throws -> Value {
        let arena = Arena()
        return try arena.scope(budget: requestBudget(body.count)) { () throws(Refusal) in
            try arena.decode(Value.self, from: body)
        }
    }
}
