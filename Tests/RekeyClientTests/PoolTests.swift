import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Synchronization
import Testing

@testable import RekeyClient

/// Connections as servers see them.
@Suite("A client's connections", .timeLimit(.minutes(1)))
struct PoolTests {
    @Test("are none before the first call, and then one to each server")
    func lazy() async throws {
        let opened = Shared<[Int]>([])
        func server(_ number: Int) async throws -> ScriptedServer {
            try await ScriptedServer {
                { heard, peer in
                    switch heard {
                    case .connected:
                        opened.append(number)
                        peer.send(.hello(Hello()))
                    case .frame(.request(let request)):
                        peer.reply(request.callID, Health.Reply.serving)
                    case .frame: break
                    }
                }
            }
        }
        let servers = [try await server(1), try await server(2)]
        let client = try RekeyClient(to: servers[0], servers[1])
        #expect(opened.current.isEmpty)
        // Until both had their turn.
        while opened.current.count < 2 {
            _ = try await client.call(Health.self, Health.Request())
        }
        for _ in 0..<200 { _ = try await client.call(Health.self, Health.Request()) }
        #expect(opened.current.sorted() == [1, 2])
        await client.close()
    }

    @Test("P4.5: hold no more calls than the server's Hello allows; a further one takes the rest")
    func callsMax() async throws {
        let connections = Shared(0)
        let (arrivals, arrived) = AsyncStream.makeStream(of: Int.self)
        let server = try await ScriptedServer {
            let connection = connections.count()
            var calls = 0
            return { heard, peer in
                switch heard {
                case .connected: peer.send(.hello(Hello(callsMax: 3)))
                case .frame(.request(let request)):
                    arrived.yield(connection)
                    calls += 1
                    // The first one alone; then as many as there is room for wait.
                    if calls == 1 { peer.reply(request.callID, Health.Reply.serving) }
                case .frame: break
                }
            }
        }
        let client = try RekeyClient(to: server)
        _ = try await client.call(Health.self, .init())
        await withTaskGroup { group in
            for _ in 0..<5 { group.addTask { _ = try? await client.call(Health.self, .init()) } }
            var called: [Int] = []
            for await connection in arrivals.prefix(6) { called.append(connection) }
            // The place of the first one, which was answered, was free again.
            #expect(called.count { $0 == 0 } == 4)
            #expect(called.count { $0 == 1 } == 2)
            await client.close()
        }
    }

    @Test("serve while another server answers nothing at all")
    func hung() async throws {
        let hung = try await ScriptedServer { { _, _ in } }
        let good = try await ScriptedServer.answering {
            $1.reply($0.callID, Health.Reply.serving)
        }
        let client = try RekeyClient(to: hung, good)
        for _ in 0..<10 {
            #expect(
                try await client.call(Health.self, .init(), timeout: .seconds(20)) == .serving)
        }
        await client.close()
    }

    @Test("P7.6: ping a server that owes an answer and is silent, and are given up: PEER_SILENT")
    func silent() async throws {
        let heard = Shared<[String]>([])
        let (goodbyes, saidGoodbye) = AsyncStream.makeStream(of: String.self)
        let server = try await ScriptedServer {
            { event, peer in
                switch event {
                case .connected: peer.send(.hello(Hello()))
                case .frame(.ping): heard.append("ping")
                case .frame(.goAway(let goAway)): saidGoodbye.yield(goAway.reason)
                case .frame: break
                }
            }
        }
        let client = try RekeyClient(
            to: server,
            patience: Patience(pingAfter: .milliseconds(100), pongWithin: .milliseconds(100)))
        let error = await #expect(throws: ClientError.self) { try await client.logIn() }
        #expect(error?.kind == .connectionLost(outcomeUnknown: true))
        #expect(error?.message.contains("silent") == true)
        #expect(await goodbyes.first { _ in true } == "PEER_SILENT")
        #expect(heard.current == ["ping"])
        await client.close()
    }

    @Test("P7.6: stay with a server that answers Pings, however long a call takes")
    func slow() async throws {
        let failure = Failure(Refusal(.loginFailed, "no"))
        let waiting = Shared<UInt64?>(nil)
        let pings = Shared(0)
        let server = try await ScriptedServer {
            { event, peer in
                switch event {
                case .connected: peer.send(.hello(Hello()))
                case .frame(.request(let request)):
                    waiting.value.withLock { $0 = request.callID }
                case .frame(.ping(let token)):
                    peer.send(.pong(token: token))
                    if pings.count() == 1, let callID = waiting.current {
                        peer.refuse(callID, failure)
                    }
                case .frame: break
                }
            }
        }
        let client = try RekeyClient(
            to: server, patience: Patience(pingAfter: .milliseconds(50), pongWithin: .seconds(3)))
        // A call that is never repeated: another connection would not do.
        await #expect(throws: ClientError.refused(failure)) { try await client.logIn() }
        #expect(pings.current == 2)
        await client.close()
    }

    @Test("P4.8: carry the trace context of the call, or of its task; none against the rule")
    func traceContext() async throws {
        let traces = Shared<[String]>([])
        let server = try await ScriptedServer.answering { request, peer in
            traces.append(request.traceContext.text)
            peer.reply(request.callID, Health.Reply.serving)
        }
        let client = try RekeyClient(to: server)
        let outer = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        _ = try await client.call(Health.self, .init())
        try await RekeyClient.$traceContext.withValue(outer) {
            _ = try await client.call(Health.self, .init())
            _ = try await client.call(Health.self, .init(), traceContext: "of-the-call")
            async let child = client.call(method: Health.name, body: [])
            _ = try await child
        }
        for broken in [String(repeating: "a", count: 129), "a\nb"] {
            _ = try await client.call(Health.self, .init(), traceContext: broken)
        }
        #expect(traces.current == ["", outer, "of-the-call", outer, "", ""])
        await client.close()
    }
}
