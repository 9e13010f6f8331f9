import RekeyCore
import RekeyTestSupport
import RekeyWire
import Testing

@Suite("A connection, from outside")
struct ConnectionTests {
    @Test("The server says Hello before it is spoken to")
    func helloFirst() async throws {
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            #expect(try await client.next() == .hello(Hello()))
        }
    }

    @Test(
        "R83: bytes that are no frame end their connection with a reason, and no other",
        arguments: [
            ("a foreign preface", Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)),
            ("a TLS hello", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
            ("a huge claim", [0xFF, 0xFF, 0xFF, 0xFF]),
            ("one byte too many", [0x00, 0x01, 0x00, 0x01]),
            ("no bytes", [0, 0, 0, 0]),
            ("not protobuf", [0, 0, 0, 2, 0xFF, 0xFF]),
            ("no kind", [0, 0, 0, 3, 0xC2, 0x3E, 0]),
        ])
    func brokenFrames(_ name: String, _ bytes: [UInt8]) async throws {
        try await Serving.run { serving in
            let bystander = try await RawClient(port: serving.port)
            try await bystander.greet()
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            try await client.send(bytes)
            guard case .goAway(let goAway) = try await client.next() else {
                Issue.record("\(name): no GoAway")
                return
            }
            #expect(goAway.reason == "FRAME_INVALID")
            #expect(try await client.next() == .closed)
            try await bystander.send(bystander.request(Health.self, .init(), id: 1))
            #expect(try await bystander.next() == .reply(1, [8, 1]))
        }
    }

    @Test("A connection must begin with one Hello of a version that the server speaks")
    func hellos() async throws {
        try await Serving.run { serving in
            let silent = try await RawClient(port: serving.port)
            _ = try await silent.next()
            try await silent.send(silent.request(Health.self, .init(), id: 1))
            #expect(try await silent.next().goAwayReason == "HELLO_MISSING")

            let future = try await RawClient(port: serving.port)
            _ = try await future.next()
            try await future.send(.hello(Hello(versions: 2...9)))
            #expect(try await future.next().goAwayReason == "VERSION_UNSUPPORTED")

            let eager = try await RawClient(port: serving.port)
            try await eager.greet()
            try await eager.send(.hello(Hello()))
            #expect(try await eager.next().goAwayReason == "HELLO_REPEATED")
        }
    }

    @Test("A frame may come a byte at a time, and many at once")
    func splits() async throws {
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            let call = client.request(Health.self, .init(), id: 1)
            for byte in call { try await client.send([byte]) }
            #expect(try await client.next() == .reply(1, [8, 1]))
            let many = (2...50).flatMap { client.request(Health.self, .init(), id: $0) }
            try await client.send(many)
            for id in UInt64(2)...50 { #expect(try await client.next() == .reply(id, [8, 1])) }
        }
    }

    @Test("An unknown method or a body that does not parse fails its call and nothing else")
    func callFaults() async throws {
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            let body: [UInt8] = [0xFF]
            let unknown = body.withUnsafeBytes { body in
                client.bytes(
                    .request(RequestFrame(callID: 1, method: "rekey.v1.Rekey/Guess", body: body)))
            }
            try await client.send(unknown)
            #expect(try await client.next().failure?.status == .unimplemented)
            let broken = body.withUnsafeBytes { body in
                client.bytes(
                    .request(RequestFrame(callID: 2, method: WireText(Login.name), body: body)))
            }
            try await client.send(broken)
            #expect(try await client.next().failure?.reason == "BODY_INVALID")
            try await client.send(client.request(Health.self, .init(), id: 3))
            #expect(try await client.next() == .reply(3, [8, 1]))
        }
    }

    @Test("INVALID_ARGUMENT names the field")
    func fields() async throws {
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            try await client.send(
                client.request(RequestReset.self, .init(identifier: ""), id: 1))
            let failure = try await client.next().failure
            #expect(failure?.status == .invalidArgument)
            #expect(failure?.details.map(\.field) == ["identifier"])
            try await client.send(
                client.request(
                    CreateAccount.self,
                    .init(
                        identifier: "C-1", name: "A", mail: "no address", mobile: "+33612345678",
                        language: .french), id: 2))
            #expect(try await client.next().failure?.details.map(\.field) == ["mail"])
        }
    }

    @Test("A call id that does not grow ends the connection")
    func callIDs() async throws {
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            try await client.send(client.request(Health.self, .init(), id: 5))
            _ = try await client.next()
            try await client.send(client.request(Health.self, .init(), id: 5))
            #expect(try await client.next().goAwayReason == "CALL_ID_REUSED")
        }
    }

    @Test("Pings are echoed")
    func pings() async throws {
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            try await client.send(.ping(token: 0xFEED))
            #expect(try await client.next() == .pong(0xFEED))
        }
    }
}

extension RawClient.Received {
    var goAwayReason: String? {
        if case .goAway(let goAway) = self { goAway.reason } else { nil }
    }

    var failure: Failure? {
        if case .failure(_, let failure) = self { failure } else { nil }
    }

    /// The call whose deadline passed.
    var expired: UInt64? {
        guard case .failure(let id, let failure) = self, failure.status == .deadlineExceeded
        else { return nil }
        return id
    }
}
