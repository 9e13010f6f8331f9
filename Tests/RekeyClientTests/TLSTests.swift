import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Synchronization
import Testing

@testable import RekeyClient

/// Whole calls over TLS, to servers that are what they say, and to others.
@Suite("A client over TLS", .timeLimit(.minutes(1)))
final class TLSTests {
    private static let loopback: [UInt8] = [127, 0, 0, 1]

    private let authority: TestAuthority
    private let profile: TestProfile

    init() throws {
        authority = try TestAuthority()
        profile = try TestProfile(of: authority)
    }

    /// Of a server that is what it says, to callers of the same CA.
    private func security(isOld: Bool = false) throws -> ServerSecurity {
        try .tls(
            authority.issue(.server, names: ["localhost"]), clients: authority, isOld: isOld)
    }

    /// A server that answers Health, and counts the frames of all kinds that it hears.
    private static func healthy(
        _ security: ServerSecurity, _ frames: Shared<Int> = Shared(0)
    ) async throws -> ScriptedServer {
        try await ScriptedServer(security) {
            { heard, peer in
                switch heard {
                case .connected: peer.send(.hello(Hello()))
                case .frame(.request(let request)):
                    _ = frames.count()
                    peer.reply(request.callID, Health.Reply.serving)
                case .frame: _ = frames.count()
                }
            }
        }
    }

    private func client(
        _ servers: String..., waitsForReady: Bool = true, patience: Patience = Patience()
    ) throws -> RekeyClient {
        RekeyClient(
            servers: try profile.read(servers: servers).servers, waitsForReady: waitsForReady,
            patience: patience)
    }

    private static func failure(
        _ client: RekeyClient, timeout: Duration = .seconds(20)
    ) async throws -> ClientError {
        let error = await #expect(throws: ClientError.self) {
            try await client.call(Health.self, .init(), timeout: timeout)
        }
        await client.close()
        return try #require(error)
    }

    @Test(
        "R77: calls a server whose certificate has its name or its address, and tells its own name")
    func right() async throws {
        let names = Shared<[String]>([])
        let identity = try authority.issue(
            .server, names: ["localhost"], addresses: [Self.loopback])
        let server = try await ScriptedServer.answering(
            .tls(identity, clients: authority)
        ) { request, peer in
            names.value.withLock { $0 += peer.names }
            peer.reply(request.callID, Health.Reply.serving)
        }
        try profile.write(
            "localhost:\(server.port)\n127.0.0.1:\(server.port)\n", to: "server")
        let client = RekeyClient(profile: try profile.read())
        for _ in 0..<4 { #expect(try await client.call(Health.self, .init()) == .serving) }
        #expect(names.current == ["portal", "portal", "portal", "portal"])
        await client.close()
    }

    /// A server that is not to be believed, and the words that say why.
    struct Impostor: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var host = "localhost"
        var words: String
        var identity: @Sendable (TestAuthority) throws -> TestIdentity
    }

    private static let impostors = [
        Impostor(testDescription: "another name", words: "not for 'localhost'") {
            try $0.issue(.server, names: ["rekey.example"], addresses: [loopback])
        },
        Impostor(testDescription: "no name but in its subject", words: "not for 'localhost'") {
            try $0.issue(.server, commonName: "localhost")
        },
        Impostor(
            testDescription: "a name, where an address was asked for", host: "127.0.0.1",
            words: "not for '127.0.0.1'"
        ) { try $0.issue(.server, names: ["localhost", "127.0.0.1"]) },
        Impostor(
            testDescription: "another address", host: "127.0.0.1", words: "not for '127.0.0.1'"
        ) { try $0.issue(.server, names: ["localhost"], addresses: [[127, 0, 0, 2]]) },
        Impostor(
            testDescription: "another CA of the same name", words: "is not a server's of the CA"
        ) { _ in
            try TestAuthority().issue(.server, names: ["localhost"])
        },
        Impostor(testDescription: "a caller's certificate", words: "is not a server's of the CA") {
            try $0.issue(.client, names: ["localhost"])
        },
        Impostor(testDescription: "expired", words: "expired on 20") {
            try $0.issue(
                .server, names: ["localhost"], validFrom: -7200, validUntil: -10)
        },
        Impostor(testDescription: "not valid yet", words: "is the clock right?") {
            try $0.issue(.server, names: ["localhost"], validFrom: 1800)
        },
    ]

    @Test("R77: says nothing to a server that does not prove to be the one", arguments: impostors)
    func untrusted(_ impostor: Impostor) async throws {
        let frames = Shared(0)
        let server = try await Self.healthy(
            .tls(impostor.identity(authority), clients: authority), frames)
        let address = "\(impostor.host):\(server.port)"
        // Waiting would not help: it fails at once in either case.
        for waits in [true, false] {
            let error = try await Self.failure(client(address, waitsForReady: waits))
            #expect(error.kind == .serverUntrusted)
            #expect(error.message.contains("cannot connect to \(address)"), "\(error)")
            #expect(error.message.contains(impostor.words), "\(error)")
        }
        #expect(frames.current == 0)
    }

    @Test("R77: one server of several that is not believed leaves the calls to the others")
    func oneOfSeveral() async throws {
        let frames = Shared(0)
        let impostor = try await Self.healthy(
            .tls(TestAuthority().issue(.server, names: ["localhost"]), clients: authority), frames)
        let good = try await Self.healthy(security())
        let client = try client(
            "localhost:\(impostor.port)", "localhost:\(good.port)", "localhost:1")
        for _ in 0..<20 { #expect(try await client.call(Health.self, .init()) == .serving) }
        #expect(frames.current == 0)
        await client.close()
    }

    @Test("R74: speaks nothing older than TLS 1.3")
    func old() async throws {
        let frames = Shared(0)
        let server = try await Self.healthy(security(isOld: true), frames)
        let error = try await Self.failure(
            client("localhost:\(server.port)", waitsForReady: false))
        #expect(error.kind == .cannotConnect)
        #expect(error.message.contains("does not speak TLS 1.3"), "\(error)")
        #expect(frames.current == 0)
    }

    @Test("R74: never goes on without TLS, and has not said a word when a server speaks none")
    func plaintextServer() async throws {
        let arena = Arena()
        let hello = arena.scope(budget: Arena.packingBudget) {
            Array(arena.encodeFrame(.hello(Hello())))
        }
        let server = try await RawServer(answering: hello)
        let error = try await Self.failure(
            client("localhost:\(server.port)", waitsForReady: false))
        #expect(error.kind == .cannotConnect)
        #expect(error.message.contains("does not speak TLS"), "\(error)")
        Self.expectHandshakeOnly(server.heard)
    }

    @Test("R85: gives a handshake no more than its time, and sends no request meanwhile")
    func stalled() async throws {
        let server = try await RawServer()
        let error = try await Self.failure(
            client(
                "localhost:\(server.port)", waitsForReady: false,
                patience: Patience(connectWithin: .seconds(2))))
        #expect(error.kind == .cannotConnect)
        #expect(error.message.contains("handshake"), "\(error)")
        Self.expectHandshakeOnly(server.heard)
    }

    /// Records of a handshake and of alerts (RFC 8446, section 5.1), no data of an application's.
    private static func expectHandshakeOnly(_ bytes: [UInt8]) {
        #expect(!bytes.isEmpty)
        var rest = bytes[...]
        while rest.count >= 5 {
            let kind = rest[rest.startIndex]
            let length = Int(rest[rest.startIndex + 3]) << 8 | Int(rest[rest.startIndex + 4])
            #expect(kind == 22 || kind == 21 || kind == 20, "a record of kind \(kind)")
            rest = rest.dropFirst(5 + length)
        }
        #expect(rest.isEmpty)
        #expect(!String(decoding: bytes, as: UTF8.self).contains("rekey.v1"))
    }

    @Test(
        "R75: whose certificate the server does not take hears why, and comes once, not in a loop")
    func refusedCertificate() async throws {
        let handshakes = Shared(0)
        let server = try await ScriptedServer(
            .tls(
                authority.issue(.server, names: ["localhost"]), clients: TestAuthority("another"))
        ) { { _, _ in _ = handshakes.count() } }
        let client = try client("localhost:\(server.port)")
        for _ in 0..<3 {
            let error = await #expect(throws: ClientError.self) {
                try await client.call(Health.self, .init(), timeout: .seconds(30))
            }
            #expect(error?.kind == .callerRefused)
            #expect(
                error?.message.contains("another CA signed it") == true, "\(error?.message ?? "")")
        }
        #expect(server.connections == 1)
        #expect(handshakes.current == 0)
        await client.close()
    }

    @Test(
        "R76: who is told to stay away stays away: it fails at once, and comes once",
        arguments: ["CALLER_UNKNOWN", "CERTIFICATE_REVOKED", "CERTIFICATE_EXPIRED"])
    func unwelcome(_ reason: String) async throws {
        let server = try await ScriptedServer(security()) {
            { heard, peer in
                guard case .connected = heard else { return }
                peer.send(.hello(Hello()))
                peer.send(.goAway(GoAway(lastCallID: 0, reason: reason, message: "go away")))
                peer.close()
            }
        }
        let client = try client("localhost:\(server.port)")
        for _ in 0..<3 {
            let error = await #expect(throws: ClientError.self) {
                try await client.call(Health.self, .init(), timeout: .seconds(30))
            }
            #expect(error?.kind == .callerRefused)
            #expect(error?.message.contains("(\(reason): go away)") == true)
        }
        #expect(server.connections == 1)
        await client.close()
    }

    @Test(
        "R76: a certificate that is taken back ends a live connection; another server may take it")
    func revoked() async throws {
        let security = try security()
        let revoking = try await ScriptedServer.answering(security) { request, peer in
            if request.callID == 1 { return peer.reply(1, Health.Reply.serving) }
            peer.send(
                .goAway(
                    GoAway(lastCallID: 1, reason: "CERTIFICATE_REVOKED", message: "taken back")))
            peer.close()
        }
        let alone = try client("localhost:\(revoking.port)")
        #expect(try await alone.call(Health.self, .init()) == .serving)
        // A call that is never repeated was not processed either.
        let error = await #expect(throws: ClientError.self) { try await alone.logIn() }
        #expect(error?.kind == .callerRefused)
        await alone.close()

        let good = try await Self.healthy(security)
        let client = try client("localhost:\(revoking.port)", "localhost:\(good.port)")
        // Until its turn has come; then it is not asked again.
        while revoking.connections < 2 {
            #expect(try await client.call(Health.self, .init()) == .serving)
        }
        for _ in 0..<20 { #expect(try await client.call(Health.self, .init()) == .serving) }
        #expect(revoking.connections == 2)
        await client.close()
    }

    @Test("takes a certificate that was renewed on disk for its next connection")
    func renewed() async throws {
        let names = Shared<[String]>([])
        let server = try await ScriptedServer.answering(security()) { request, peer in
            names.value.withLock { $0 += peer.names }
            peer.reply(request.callID, Health.Reply.serving)
            peer.close()
        }
        let client = try client("localhost:\(server.port)")
        #expect(try await client.call(Health.self, .init()) == .serving)
        try profile.write(authority.issue(.client, names: ["portal-renewed"]))
        #expect(try await client.call(Health.self, .init()) == .serving)
        #expect(names.current == ["portal", "portal-renewed"])
        // One that cannot be used any more is said to be so, at once.
        try profile.write("", to: "identity.pem")
        let error = try await Self.failure(client)
        #expect(error.kind == .profileInvalid)
        #expect(error.message.contains(profile.path("identity.pem")))
    }

    @Test(
        "P7.3, P10.8: what the server said before its close_notify is heard, and is its last word")
    func closeNotify() async throws {
        let server = try await ScriptedServer.answering(security()) { request, peer in
            guard request.callID == 3 else { return }
            for callID in 1...3 as ClosedRange<UInt64> { peer.reply(callID, Health.Reply.serving) }
            peer.closeOutput()
        }
        let client = try client("localhost:\(server.port)")
        let connection = try await client.loadConnections(1)[0]
        let drawn = Shared(0)
        let outcomes = Shared<[ClientError.Kind?]>([])
        await connection.pipeline(Health.self, depth: 3) {
            drawn.count() < 4 ? Health.Request() : nil
        } answered: { _, error in
            outcomes.append(error?.kind)
        }
        #expect(
            outcomes.current == [nil, nil, nil, .connectionLost(outcomeUnknown: true)]
                || outcomes.current == [nil, nil, nil, .connectionLost(outcomeUnknown: false)])
        await connection.close()
    }

    @Test("P10.8: ends a connection with a close_notify, at once for its own calls")
    func closing() async throws {
        let (ends, ended) = AsyncStream.makeStream(of: Bool.self)
        let (requests, gotRequest) = AsyncStream.makeStream(of: UInt64.self)
        let server = try await ScriptedServer.answering(security()) { request, peer in
            peer.onEnd { ended.yield($0) }
            gotRequest.yield(request.callID)
        }
        let client = try client("localhost:\(server.port)")
        let call = Task { try await client.call(RequestReset.self, .init(identifier: "a")) }
        _ = await requests.first { _ in true }
        await client.close()
        let error = await #expect(throws: ClientError.self) { try await call.value }
        #expect(error?.kind == .connectionLost(outcomeUnknown: true))
        #expect(await ends.first { _ in true } == true)
    }

    @Test("R74: is told to use a profile when it speaks plaintext to a server that does not")
    func plaintextClient() async throws {
        let server = try await Self.healthy(security())
        let error = try await Self.failure(RekeyClient(to: server, waitsForReady: false))
        #expect(error.kind == .cannotConnect)
        #expect(error.message.contains("the server speaks TLS; use a profile"), "\(error)")
    }

    @Test("says of a name that leads nowhere that it does")
    func unknownName() async throws {
        let error = try await Self.failure(
            client("nowhere.invalid:7350", waitsForReady: false))
        #expect(error.kind == .cannotConnect)
        #expect(error.message.contains("'nowhere.invalid' leads to no address"), "\(error)")
    }
}
