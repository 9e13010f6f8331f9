import ArgumentParser
import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Synchronization
import Testing

@testable import rekey

@Suite("The servers of a command", .timeLimit(.minutes(1)))
struct ServersTests {
    private static func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (exit: ExitClass, Standing) {
        var environment = environment
        environment["REKEY_PLAINTEXT_ON_LOOPBACK"] = "true"
        let standing = try Standing(environment: environment)
        let command = try Rekey.parseAsRoot(arguments)
        let exit = await (try #require(command as? any RemoteCommand)).run(in: standing.world)
        return (exit, standing)
    }

    private static func healthy(_ reply: Health.Reply = .serving) async throws -> ScriptedServer {
        try await ScriptedServer.answering { $1.reply($0.callID, reply) }
    }

    @Test("are several options, or several of REKEY_SERVER; one that is there is enough")
    func several() async throws {
        let server = try await Self.healthy()
        let (exit, standing) = try await Self.run([
            "health", "--server", "127.0.0.1:1", "--server", "127.0.0.1:\(server.port)",
        ])
        #expect(exit == .done, "\(standing.errors)")
        let (again, _) = try await Self.run(
            ["health"], environment: ["REKEY_SERVER": "127.0.0.1:1, 127.0.0.1:\(server.port)"])
        #expect(again == .done)
        // Options go before the environment.
        let (option, _) = try await Self.run(
            ["health", "--server", "127.0.0.1:1"],
            environment: ["REKEY_SERVER": "127.0.0.1:\(server.port)"])
        #expect(option == .unavailable)
    }

    @Test("are each said to be out of reach, at once, whatever the timeout")
    func unreachable() async throws {
        let started = ContinuousClock.now
        let (exit, standing) = try await Self.run([
            "health", "--server", "127.0.0.1:1", "--server", "127.0.0.1:2", "--timeout", "30",
        ])
        #expect(exit == .unavailable)
        #expect(standing.errors.contains("127.0.0.1:1: Connection refused"))
        #expect(standing.errors.contains("127.0.0.1:2: Connection refused"))
        #expect(ContinuousClock.now - started < .seconds(15))
    }

    @Test("that say nothing, or nothing but busy, hold a command no longer than its timeout")
    func slow() async throws {
        let mute = try await ScriptedServer { { _, _ in } }
        let silent = try await ScriptedServer.answering { _, _ in }
        let busy = try await ScriptedServer.answering {
            $1.refuse($0.callID, Failure(Refusal(.storeBusy, "busy")))
        }
        // Whether a refusal or the end of the time comes last is chance where repeats are drawn.
        for (server, expected) in [
            (mute, [ExitClass.unavailable]), (silent, [.outcomeUnknown]),
            (busy, [.unavailable, .outcomeUnknown]),
        ] {
            let started = ContinuousClock.now
            let (exit, standing) = try await Self.run([
                "status", "--server", "127.0.0.1:\(server.port)", "--timeout", "0.5",
            ])
            #expect(expected.contains(exit), "\(exit): \(standing.errors)")
            // Its own second, not the server's nor a connection's five.
            #expect(ContinuousClock.now - started < .seconds(3))
        }
    }

    @Test("are checked before anything is sent", arguments: ["", "127.0.0.1:1,", "10.0.0.1:1"])
    func invalid(_ servers: String) async throws {
        let (exit, _) = try await Self.run(["health"], environment: ["REKEY_SERVER": servers])
        #expect(exit == .usage)
    }

    @Test("health is asked of the server or of one service")
    func health() async throws {
        let asked = Mutex<[String]>([])
        let server = try await ScriptedServer.answering { request, peer in
            let arena = Arena()
            let read = try? arena.scope(budget: 4096) { () throws(Refusal) in
                try arena.decode(Health.Request.self, from: request.body).service
            }
            asked.withLock { $0.append(read ?? "?") }
            peer.reply(request.callID, Health.Reply.serving)
        }
        let address = "127.0.0.1:\(server.port)"
        let (_, whole) = try await Self.run(["health", "--server", address])
        #expect(whole.output == "The server takes calls.\n")
        let (_, one) = try await Self.run(["health", "rekey.v1.Operator", "--server", address])
        #expect(one.output == "rekey.v1.Operator takes calls.\n")
        #expect(asked.withLock { $0 } == ["", "rekey.v1.Operator"])
        let stopping = try await Self.healthy(.notServing)
        let (exit, standing) = try await Self.run([
            "health", "--server", "127.0.0.1:\(stopping.port)", "--json",
        ])
        #expect(exit == .unavailable)
        #expect(standing.errors.contains("NOT_SERVING"))
    }
}
