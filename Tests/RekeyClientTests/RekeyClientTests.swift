import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Synchronization
import Testing

@testable import RekeyClient

@Suite("A client", .timeLimit(.minutes(1)))
struct RekeyClientTests {
    private func reset(_ client: RekeyClient, _ identifier: String) async throws -> Duration {
        try await client.call(
            RequestReset.self, RequestReset.Request(identifier: identifier)
        ).linkLife
    }

    @Test("gives each caller its own reply when they come in reverse order")
    func reverseOrder() async throws {
        let server = try await ScriptedServer {
            var waiting: [(UInt64, Duration)] = []
            return { heard, peer in
                switch heard {
                case .connected: peer.send(.hello(Hello()))
                case .frame(.request(let request)):
                    let read = try? Arena.identifier(request.body)
                    waiting.append((request.callID, .seconds(Int(read ?? "") ?? 0)))
                    guard waiting.count == 20 else { return }
                    for (callID, life) in waiting.reversed() {
                        peer.reply(callID, RequestReset.Reply(linkLife: life))
                    }
                case .frame: break
                }
            }
        }
        let client = try RekeyClient(to: server)
        try await withThrowingTaskGroup(of: (Int, Duration).self) { group in
            for number in 1...20 {
                group.addTask { (number, try await reset(client, "\(number)")) }
            }
            for try await (number, life) in group { #expect(life == .seconds(number)) }
        }
        await client.close()
    }

    @Test("hands over the server's refusal as it stands on the wire")
    func refused() async throws {
        let failure = Failure(
            status: .resourceExhausted, reason: "A_REASON_OF_TOMORROW", message: "later",
            details: [FieldProblem(field: "origin", problem: "too eager")],
            retryAfter: .seconds(3))
        let server = try await ScriptedServer.answering { $1.refuse($0.callID, failure) }
        let client = try RekeyClient(to: server)
        await #expect(throws: ClientError.refused(failure)) { try await reset(client, "a") }
        await client.close()
    }

    @Test("gives the server most of the call's time, and gives up by itself when it is over")
    func timeout() async throws {
        let sent = Shared<Duration?>(nil)
        let server = try await ScriptedServer.answering { request, _ in
            sent.value.withLock { $0 = request.timeout }
        }
        let client = try RekeyClient(to: server)
        let started = ContinuousClock.now
        let error = await #expect(throws: ClientError.self) {
            try await client.call(
                method: Health.name, body: [], timeout: .seconds(2))
        }
        #expect(error?.kind == .timedOut)
        #expect(error?.message.contains("2 s") == true)
        #expect(ContinuousClock.now - started >= .milliseconds(1999))
        let time = try #require(sent.value.withLock { $0 })
        #expect(time > .zero && time <= .milliseconds(1900))
        await client.close()
    }

    @Test("sends Cancel when the task is cancelled, and does not wait for the answer")
    func cancellation() async throws {
        let (requests, gotRequest) = AsyncStream.makeStream(of: UInt64.self)
        let (cancels, gotCancel) = AsyncStream.makeStream(of: UInt64.self)
        let server = try await ScriptedServer {
            { heard, peer in
                switch heard {
                case .connected: peer.send(.hello(Hello()))
                case .frame(.request(let request)): gotRequest.yield(request.callID)
                case .frame(.cancel(let callID)): gotCancel.yield(callID)
                case .frame: break
                }
            }
        }
        let client = try RekeyClient(to: server)
        let task = Task { try await reset(client, "a") }
        let sent = await requests.first { _ in true }
        task.cancel()
        #expect(await cancels.first { _ in true } == sent)
        let error = await #expect(throws: ClientError.self) { try await task.value }
        #expect(error?.kind == .cancelled(outcomeUnknown: true))
        await client.close()
    }

    @Test("sends nothing for a task that was cancelled before")
    func cancelledBefore() async throws {
        let server = try await ScriptedServer.answering {
            $1.reply($0.callID, Health.Reply.serving)
        }
        let client = try RekeyClient(to: server)
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await reset(client, "a")
        }
        let error = await #expect(throws: ClientError.self) { try await task.value }
        #expect(error?.kind == .cancelled(outcomeUnknown: false))
        #expect(try await client.call(Health.self, .init()) == .serving)
        await client.close()
    }

    @Test("a pipeline keeps as many calls in flight as asked for, no more, until there are no more")
    func pipeline() async throws {
        let inFlight = Mutex<[Int]>([])
        let server = try await ScriptedServer {
            var waiting: [UInt64] = []
            return { heard, peer in
                switch heard {
                case .connected: peer.send(.hello(Hello()))
                case .frame(.request(let request)):
                    waiting.append(request.callID)
                    // One more would be here before the Pong.
                    if waiting.count == 8 { peer.send(.ping(token: 1)) }
                case .frame(.pong):
                    let rounds = inFlight.withLock { inFlight in
                        inFlight.append(waiting.count)
                        return inFlight.count
                    }
                    // Two are answered and six wait, so two more may come; at last all are answered.
                    let answered = rounds < 16 ? 2 : waiting.count
                    for callID in waiting.suffix(answered).reversed() {
                        peer.reply(callID, Health.Reply.serving)
                    }
                    waiting.removeLast(answered)
                case .frame: break
                }
            }
        }
        let connection = try await RekeyClient(to: server).loadConnections(1)[0]
        let drawn = Mutex(0)
        let succeeded = Mutex(0)
        await connection.pipeline(Health.self, depth: 8) {
            drawn.withLock { drawn in
                drawn += 1
                return drawn <= 38 ? Health.Request() : nil
            }
        } answered: { _, error in
            #expect(error == nil)
            succeeded.withLock { $0 += 1 }
        }
        #expect(succeeded.withLock { $0 } == 38)
        #expect(inFlight.withLock { $0 } == Array(repeating: 8, count: 16))
        await connection.close()
    }

    @Test("a pipeline gives a call up when its time is over, and makes the next one")
    func pipelineUnanswered() async throws {
        let server = try await ScriptedServer.answering { _, _ in }
        let connection = try await RekeyClient(to: server).loadConnections(1)[0]
        let drawn = Mutex(0)
        let outcomes = Mutex<[(Duration, ClientError.Kind?)]>([])
        await connection.pipeline(Health.self, depth: 2, timeout: .milliseconds(5)) {
            drawn.withLock { drawn in
                drawn += 1
                return drawn <= 6 ? Health.Request() : nil
            }
        } answered: { time, error in
            outcomes.withLock { $0.append((time, error?.kind)) }
        }
        let ended = outcomes.withLock { $0 }
        #expect(ended.count == 6)
        #expect(ended.allSatisfy { $0.0 >= .milliseconds(5) && $0.1 == .timedOut })
        await connection.close()
    }

    @Test("a pipeline ends with its connection, and gives every call its outcome")
    func pipelineLost() async throws {
        let server = try await ScriptedServer.answering { request, peer in
            if request.callID == 10 {
                peer.close()
            } else if request.callID < 8 {
                peer.reply(request.callID, Health.Reply.serving)
            }
        }
        let connection = try await RekeyClient(to: server).loadConnections(1)[0]
        let drawn = Mutex(0)
        let outcomes = Mutex<[ClientError.Kind?]>([])
        await connection.pipeline(Health.self, depth: 4) {
            drawn.withLock { $0 += 1 }
            return Health.Request()
        } answered: { _, error in
            outcomes.withLock { $0.append(error?.kind) }
        }
        let counted = outcomes.withLock { $0 }
        #expect(counted.count == drawn.withLock { $0 })
        #expect(counted.filter { $0 == nil }.count == 7)
        #expect(counted.suffix(4).allSatisfy { $0 == .connectionLost(outcomeUnknown: true) })
    }

    @Test("each call is given up at its own time, also one that began later and waits less")
    func alarms() async throws {
        let (requests, gotRequest) = AsyncStream.makeStream(of: UInt64.self)
        let server = try await ScriptedServer.answering { request, _ in
            gotRequest.yield(request.callID)
        }
        let client = try RekeyClient(to: server)
        let unanswered = { @Sendable (timeout: Duration) async -> ClientError.Kind? in
            do throws(ClientError) {
                _ = try await client.call(method: Health.name, body: [], timeout: timeout)
                return nil
            } catch {
                return error.kind
            }
        }
        let longest = Task { await unanswered(.seconds(3000)) }
        _ = await requests.first { _ in true }
        // Its alarm is set, and calls that began later end in their time all the same: alone, and two
        // side by side.
        #expect(await unanswered(.milliseconds(1)) == .timedOut)
        async let sooner = unanswered(.milliseconds(2))
        async let later = unanswered(.milliseconds(40))
        #expect(await [sooner, later] == [.timedOut, .timedOut])
        longest.cancel()
        #expect(await longest.value == .cancelled(outcomeUnknown: true))
        await client.close()
    }

    @Test("R83: ends the connection at a reply that announces more than it reads")
    func tooLong() async throws {
        let server = try await ScriptedServer.answering { _, peer in
            peer.send(bytes: [0x00, 0x10, 0x00, 0x01])
        }
        let client = try RekeyClient(to: server)
        let error = await #expect(throws: ClientError.self) { try await client.logIn() }
        #expect(error?.kind == .connectionLost(outcomeUnknown: true))
    }

    @Test("reads a reply that comes byte by byte")
    func dripped() async throws {
        let server = try await ScriptedServer.answering { request, peer in
            let arena = Arena()
            arena.scope(budget: Arena.packingBudget) {
                let reply = arena.encode(Health.Reply.serving)
                let frame = arena.encodeFrame(
                    .response(ResponseFrame(callID: request.callID, outcome: .reply(reply))))
                for byte in frame { peer.send(bytes: [byte]) }
            }
        }
        let client = try RekeyClient(to: server)
        #expect(try await client.call(Health.self, .init()) == .serving)
        await client.close()
    }

    @Test("says that a reply which does not parse belongs to a call that was done")
    func replyInvalid() async throws {
        let server = try await ScriptedServer.answering { request, peer in
            [UInt8]([0x0A, 0xFF]).withUnsafeBytes { body in
                peer.send(
                    .response(ResponseFrame(callID: request.callID, outcome: .reply(body))))
            }
        }
        let client = try RekeyClient(to: server)
        let error = await #expect(throws: ClientError.self) { try await reset(client, "a") }
        #expect(error?.kind == .replyInvalid)
        await client.close()
    }

    @Test("answers a Ping of the server's")
    func ping() async throws {
        let (pongs, gotPong) = AsyncStream.makeStream(of: UInt64.self)
        let server = try await ScriptedServer {
            { heard, peer in
                switch heard {
                case .connected:
                    peer.send(.hello(Hello()))
                    peer.send(.ping(token: 42))
                case .frame(.pong(let token)): gotPong.yield(token)
                case .frame: break
                }
            }
        }
        let connection = try await RekeyClient(to: server).loadConnections(1)[0]
        #expect(await pongs.first { _ in true } == 42)
        await connection.close()
    }

    @Test("refuses to send more than the server reads")
    func requestTooLong() async throws {
        let server = try await ScriptedServer {
            { heard, peer in
                if case .connected = heard { peer.send(.hello(Hello(requestFrameBytesMax: 100))) }
            }
        }
        let client = try RekeyClient(to: server)
        let long = String(repeating: "a", count: 100)
        let error = await #expect(throws: ClientError.self) { try await reset(client, long) }
        #expect(error?.kind == .requestTooLong)
        await client.close()
    }

    @Test("does not open a connection to a server that speaks another version, or hangs up")
    func cannotConnect() async throws {
        let other = try await ScriptedServer {
            { heard, peer in
                if case .connected = heard { peer.send(.hello(Hello(versions: 2...3))) }
            }
        }
        let rude = try await ScriptedServer {
            { heard, peer in
                if case .connected = heard { peer.close() }
            }
        }
        for server in [other, rude] {
            let client = try RekeyClient(to: server, waitsForReady: false)
            let error = await #expect(throws: ClientError.self) { try await reset(client, "a") }
            #expect(error?.kind == .cannotConnect)
            await client.close()
        }
    }

    @Test("says that nobody listens")
    func nobodyListens() async throws {
        let client = RekeyClient(
            servers: [try .plaintextOnLoopback("127.0.0.1:1")], waitsForReady: false)
        let error = await #expect(throws: ClientError.self) { try await reset(client, "a") }
        #expect(error?.kind == .cannotConnect)
        #expect(error?.message.contains("Connection refused") == true)
    }
}

extension Arena {
    fileprivate static func identifier(_ body: UnsafeRawBufferPointer) throws -> String {
        let arena = Arena()
        return try arena.scope(budget: Arena.requestBudget(body.count)) { () throws(Refusal) in
            try arena.decode(RequestReset.Request.self, from: body).identifier
        }
    }
}
