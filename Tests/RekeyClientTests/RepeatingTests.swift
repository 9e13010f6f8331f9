import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Synchronization
import Testing

@testable import RekeyClient

/// Whole calls, over the network, to servers that fail as they are told.
@Suite("A client repeats", .timeLimit(.minutes(1)))
struct RepeatingTests {
    private static let reset = RequestReset.Request(identifier: "a")
    private static let done = RequestReset.Reply(linkLife: .hours(12))

    @Test("P6.3: a lost call with the same key of 16 bytes, another call with another one")
    func sameKey() async throws {
        let keys = Shared<[[UInt8]]>([])
        let server = try await ScriptedServer.answering { request, peer in
            keys.append(request.idempotencyKey)
            if keys.current.count % 3 == 0 {
                peer.reply(request.callID, Self.done)
            } else {
                peer.close()
            }
        }
        let client = try RekeyClient(to: server)
        for _ in 0..<2 { _ = try await client.call(RequestReset.self, Self.reset) }
        let sent = keys.current
        #expect(sent.count == 6)
        #expect(sent.allSatisfy { $0.count == 16 })
        #expect(Set(sent[..<3]).count == 1)
        #expect(Set(sent[3...]).count == 1)
        #expect(sent[0] != sent[3])
        await client.close()
    }

    @Test("P6.1, P6.3: a lost call in bytes like a typed one: without a key where it only reads")
    func methodInBytes() async throws {
        let calls = Shared<[String]>([])
        let server = try await ScriptedServer.answering { request, peer in
            calls.append("\(request.method.text) \(request.idempotencyKey.count)")
            if calls.current.count % 2 == 0 {
                peer.reply(request.callID, Health.Reply.serving)
            } else {
                peer.close()
            }
        }
        let client = try RekeyClient(to: server)
        _ = try await client.call(method: Health.name, body: [])
        _ = try await client.call(method: RequestReset.name, body: [])
        #expect(
            calls.current == [
                "\(Health.name) 0", "\(Health.name) 0", "\(RequestReset.name) 16",
                "\(RequestReset.name) 16",
            ])
        let error = await #expect(throws: ClientError.self) {
            try await client.call(method: "rekey.v1.Rekey/OfTomorrow", body: [])
        }
        #expect(error?.kind == .connectionLost(outcomeUnknown: true))
        #expect(calls.current.last == "rekey.v1.Rekey/OfTomorrow 0")
        await client.close()
    }

    @Test("P6.5: Login never, when its connection is lost; and without a key")
    func loginLost() async throws {
        let calls = Shared<[[UInt8]]>([])
        let server = try await ScriptedServer.answering { request, peer in
            calls.append(request.idempotencyKey)
            peer.close()
        }
        let client = try RekeyClient(to: server)
        let error = await #expect(throws: ClientError.self) { try await client.logIn() }
        #expect(error?.kind == .connectionLost(outcomeUnknown: true))
        #expect(calls.current == [[]])
        await client.close()
    }

    @Test("P6.2: Login too, on another server, where the first says not_processed")
    func notProcessed() async throws {
        let calls = Shared<[Int]>([])
        let busy = try await ScriptedServer.answering { request, peer in
            calls.append(1)
            peer.refuse(request.callID, Failure(Refusal(.overloaded, "busy")))
        }
        let free = try await ScriptedServer.answering { request, peer in
            calls.append(2)
            peer.refuse(request.callID, Failure(Refusal(.loginFailed, "no")))
        }
        let client = try RekeyClient(to: busy, free)
        let refusedByFree = {
            let error = await #expect(throws: ClientError.self) { try await client.logIn() }
            guard case .refused(let failure) = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(failure.reason == "LOGIN_FAILED")
        }
        // Until there is a connection to each.
        while Set(calls.current).count < 2 { await refusedByFree() }
        calls.value.withLock { $0 = [] }
        for _ in 0..<6 { await refusedByFree() }
        #expect(calls.current.filter { $0 == 2 }.count == 6)
        // It is avoided by the call that it refused, not by the next ones.
        #expect(calls.current.contains(1))
        #expect(zip(calls.current, calls.current.dropFirst()).allSatisfy { $0 != 1 || $1 == 2 })
        await client.close()
    }

    @Test("P6.2, P7.4: what is above last_call_id on another connection; what is below is awaited")
    func goAway() async throws {
        let connections = Shared(0)
        let heard = Shared<[String]>([])
        let server = try await ScriptedServer {
            let connection = connections.count()
            return { event, peer in
                switch event {
                case .connected: peer.send(.hello(Hello()))
                case .frame(.request(let request)):
                    heard.append("\(connection) \(request.callID)")
                    if connection > 0 {
                        peer.reply(request.callID, Self.done)
                    } else if request.callID == 2 {
                        peer.send(
                            .goAway(
                                GoAway(
                                    lastCallID: GoAway.announcement, reason: "DRAINING",
                                    message: "soon")))
                        peer.send(.ping(token: 7))
                    }
                case .frame(.pong(7)):
                    peer.send(.goAway(GoAway(lastCallID: 1, reason: "DRAINING", message: "now")))
                    peer.reply(1, Self.done)
                case .frame: break
                }
            }
        }
        let client = try RekeyClient(to: server)
        let answers = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<2 {
                group.addTask { try await client.call(RequestReset.self, Self.reset) == Self.done }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers == [true, true])
        #expect(heard.current == ["0 1", "0 2", "1 1"])
        await client.close()
    }

    @Test("P7.4: no call goes to a connection that was announced to end")
    func announced() async throws {
        let calls = Shared<[Int]>([])
        let connections = Shared(0)
        let draining = try await ScriptedServer {
            let connection = connections.count()
            return { event, peer in
                switch event {
                case .connected: peer.send(.hello(Hello()))
                case .frame(.request(let request)):
                    calls.append(connection)
                    peer.send(
                        .goAway(
                            GoAway(
                                lastCallID: GoAway.announcement, reason: "DRAINING",
                                message: "soon")))
                    peer.reply(request.callID, Health.Reply.serving)
                case .frame: break
                }
            }
        }
        let serving = try await ScriptedServer.answering {
            $1.reply($0.callID, Health.Reply.serving)
        }
        let client = try RekeyClient(to: draining, serving)
        // Until the first server had its turn.
        while calls.current.isEmpty { _ = try await client.call(Health.self, Health.Request()) }
        for _ in 0..<5 { _ = try await client.call(Health.self, Health.Request()) }
        // It may be asked again once it was left alone for a while, but on a connection of its own.
        #expect(Set(calls.current).count == calls.current.count)
        await client.close()
    }

    @Test("P6.7: no sooner than retry_after_ms says, and tells the last refusal at the deadline")
    func retryAfter() async throws {
        let times = Shared<[ContinuousClock.Instant]>([])
        var busy = Failure(Refusal(.storeBusy, "busy"))
        busy.retryAfter = .milliseconds(400)
        let soon = busy
        busy.retryAfter = .seconds(3000)
        let never = busy
        let server = try await ScriptedServer.answering { request, peer in
            times.append(.now)
            peer.refuse(request.callID, times.current.count < 3 ? soon : never)
        }
        let client = try RekeyClient(to: server)
        await #expect(throws: ClientError.refused(never)) {
            try await client.logIn(timeout: .seconds(20))
        }
        let gaps = zip(times.current, times.current.dropFirst()).map { $1 - $0 }
        #expect(gaps.count == 2)
        #expect(gaps.allSatisfy { $0 >= .milliseconds(390) })
        await client.close()
    }

    @Test("within one deadline: each attempt is given less than the one before")
    func oneDeadline() async throws {
        let timeouts = Shared<[Duration]>([])
        let server = try await ScriptedServer.answering { request, peer in
            timeouts.append(request.timeout ?? .zero)
            if timeouts.current.count == 4 {
                peer.reply(request.callID, Self.done)
            } else {
                peer.refuse(
                    request.callID,
                    Failure(
                        status: .unavailable, reason: "STORE_BUSY", message: "busy",
                        retryAfter: .milliseconds(100), isNotProcessed: true))
            }
        }
        let client = try RekeyClient(to: server)
        _ = try await client.call(RequestReset.self, Self.reset, timeout: .seconds(20))
        let sent = timeouts.current
        #expect(sent.count == 4)
        #expect(zip(sent, sent.dropFirst()).allSatisfy { $0 - $1 >= .milliseconds(100) })
        await client.close()
    }

    @Test("while nobody listens, until somebody does")
    func untilReady() async throws {
        let connections = Shared(0)
        let server = try await ScriptedServer {
            let connection = connections.count()
            return { event, peer in
                switch event {
                case .connected:
                    if connection < 3 { peer.close() } else { peer.send(.hello(Hello())) }
                case .frame(.request(let request)): peer.reply(request.callID, Self.done)
                case .frame: break
                }
            }
        }
        let client = try RekeyClient(to: server)
        #expect(try await client.call(RequestReset.self, Self.reset) == Self.done)
        #expect(connections.current == 4)
        await client.close()
    }

    @Test("but says that nobody listens when the time is over, and sooner where it cannot wait")
    func neverReady() async throws {
        let address = try ServerAddress.plaintextOnLoopback("127.0.0.1:1")
        for (waits, least) in [(true, Duration.milliseconds(1999)), (false, .zero)] {
            let client = RekeyClient(servers: [address, address], waitsForReady: waits)
            let started = ContinuousClock.now
            let error = await #expect(throws: ClientError.self) {
                try await client.logIn(timeout: waits ? .seconds(2) : .seconds(60))
            }
            #expect(error?.kind == .cannotConnect)
            #expect(error?.message.contains("Connection refused") == true)
            let time = ContinuousClock.now - started
            #expect(time >= least && time < .seconds(30))
            await client.close()
        }
    }

    @Test("but not after the client was closed")
    func closed() async throws {
        let (requests, gotRequest) = AsyncStream.makeStream(of: UInt64.self)
        let server = try await ScriptedServer.answering { request, _ in
            gotRequest.yield(request.callID)
        }
        let client = try RekeyClient(to: server)
        let call = Task {
            try await client.call(RequestReset.self, Self.reset, timeout: .seconds(60))
        }
        _ = await requests.first { _ in true }
        await client.close()
        let error = await #expect(throws: ClientError.self) { try await call.value }
        #expect(error?.kind == .connectionLost(outcomeUnknown: true))
        let next = await #expect(throws: ClientError.self) { try await client.logIn() }
        #expect(next?.kind == .cannotConnect)
    }

    @Test("and stops at once when its task is cancelled between two attempts")
    func cancelledBetween() async throws {
        let (requests, gotRequest) = AsyncStream.makeStream(of: UInt64.self)
        let server = try await ScriptedServer.answering { request, peer in
            peer.refuse(
                request.callID,
                Failure(
                    status: .unavailable, reason: "STORE_BUSY", message: "busy",
                    retryAfter: .seconds(3000), isNotProcessed: true))
            gotRequest.yield(request.callID)
        }
        let client = try RekeyClient(to: server)
        let call = Task { try await client.logIn(timeout: .seconds(4000)) }
        _ = await requests.first { _ in true }
        call.cancel()
        let error = await #expect(throws: ClientError.self) { try await call.value }
        // It may not have heard the refusal yet.
        #expect(
            [.cancelled(outcomeUnknown: false), .cancelled(outcomeUnknown: true)].contains(
                error?.kind))
        await client.close()
    }
}
