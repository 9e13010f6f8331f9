// Frames that another implementation made, byte for byte. The bytes come from Google's protobuf
// runtime for Python, version 4.21.12, with modules made by `protoc --python_out` (3.21.12) from
// Proto/rekey/v1: `Frame(...).SerializeToString()`, behind `struct.pack(">I", length)`.

import RekeyCore
import RekeyWire
import Testing

@Suite("Known answers")
struct KnownAnswerTests {
    private func bytes(_ hexadecimal: String) -> [UInt8] {
        let digits = hexadecimal.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    private func framed(_ frame: Frame) -> [UInt8] {
        let arena = Arena()
        return arena.scope(budget: Arena.packingBudget) { Array(arena.encodeFrame(frame)) }
    }

    /// Reads the frame behind the length, having judged the length.
    private func read(_ bytes: [UInt8], _ body: (Frame) throws -> Void) throws {
        let announced = bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
        let length = try FrameLength.judge(announced, max: WireLimits.requestFrameBytesMax)
        #expect(length == bytes.count - 4)
        try decoding(Frame.self, Array(bytes.dropFirst(4)), body)
    }

    @Test("a hello")
    func hello() throws {
        let known = bytes(
            """
            000000230a21080110011880800420808040286432057472616365320a7a61c5bcc3b3c582c487
            """)
        let hello = Hello(versions: 1...1, features: ["trace", "zażółć"])
        #expect(framed(.hello(hello)) == known)
        try read(known) {
            guard case .hello(hello) = $0 else { throw WireFault("another frame: \($0)") }
        }
    }

    private var login: [UInt8] {
        bytes(
            """
            0a15632e6475706f6e7440736f6369c3a974c3a92e6672120e636f72726563742000686f7273651a
            1a0a0b323030313a6462383a3a31120b4d6f7a696c6c612f352e302210000102030405060708090a
            0b0c0d0e0f
            """)
    }

    @Test("a request to log in, its password with a NUL")
    func request() throws {
        let known = bytes(
            """
            000000b412b10108ac02121472656b65792e76312e52656b65792f4c6f67696e1a550a15632e6475
            706f6e7440736f6369c3a974c3a92e6672120e636f72726563742000686f7273651a1a0a0b323030
            313a6462383a3a31120b4d6f7a696c6c612f352e302210000102030405060708090a0b0c0d0e0f20
            c4132a0300ff80323730302d30616637363531393136636434336464383434386562323131633830
            333139632d623761643662373136393230333333312d3031
            """)
        let request = Login.Request(
            identifier: "c.dupont@société.fr", password: Secret(Array("correct \0horse".utf8)),
            origin: Origin(address: "2001:db8::1", agent: "Mozilla/5.0"),
            earlierSession: Secret(Array(0..<16)))
        #expect(encoded(request) == login)
        let made = login.withUnsafeBytes {
            framed(
                .request(
                    RequestFrame(
                        callID: 300, method: WireText(Login.name), body: $0,
                        timeout: .milliseconds(2500),
                        idempotencyKey: [0x00, 0xFF, 0x80],
                        traceContext: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")))
        }
        #expect(made == known)
        try read(known) {
            guard case .request(let frame) = $0 else { throw WireFault("another frame: \($0)") }
            #expect(frame.callID == 300)
            #expect(frame.timeout == .milliseconds(2500))
            try decoding(Login.Request.self, Array(frame.body)) {
                #expect($0.identifier == request.identifier)
                #expect($0.password == request.password)
                #expect($0.origin == request.origin)
                #expect($0.earlierSession == request.earlierSession)
            }
        }
    }

    @Test("a failure with details and a time to wait")
    func failure() throws {
        let known = bytes(
            """
            0000005e1a5c08ffffffffffffffffff0110081a0a4f5645524c4f41444544220a72c3a965737361
            79657a2a290a0e6f726967696e2e616464726573731217616e2049507634206f7220495076362061
            6464726573732a070a056c696d697438dc0b
            """)
        let failure = Failure(
            status: .resourceExhausted, reason: "OVERLOADED", message: "réessayez",
            details: [
                FieldProblem(field: "origin.address", problem: "an IPv4 or IPv6 address"),
                FieldProblem(field: "limit", problem: ""),
            ],
            retryAfter: .milliseconds(1500))
        let frame = Frame.response(ResponseFrame(callID: .max, outcome: .failure(failure)))
        #expect(framed(frame) == known)
        try read(known) {
            guard case .response(let response) = $0, case .failure(failure) = response.outcome
            else { throw WireFault("another frame: \($0)") }
            #expect(response.callID == .max)
        }
    }

    @Test("a reply to ValidateLink")
    func reply() throws {
        let known = bytes(
            """
            000000491a4708073243097b68e5cf8b0100001205080f1080081a1763e280a2e280a2e280a240e2
            80a2e280a2e280a22e6672220be280a2e280a2e280a23536290068e5cf8b01000030033801
            """)
        let reply = ValidateLink.Reply(
            validUntil: Timestamp(milliseconds: 1_700_000_000_123),
            password: PasswordRules(codePointsMin: 15, bytesMax: 1024), maskedMail: "c•••@•••.fr",
            maskedMobile: "•••56", codeValidUntil: Timestamp(milliseconds: 1_700_000_000_000),
            resendsLeft: 3, isActivation: true)
        let made = encoded(reply).withUnsafeBytes {
            framed(.response(ResponseFrame(callID: 7, outcome: .reply($0))))
        }
        #expect(made == known)
        try read(known) {
            guard case .response(let response) = $0, case .reply(let body) = response.outcome
            else { throw WireFault("another frame: \($0)") }
            try decoding(ValidateLink.Reply.self, Array(body)) { #expect($0 == reply) }
        }
    }

    @Test("a ping, a go-away and an update with its mask")
    func small() throws {
        let ping = bytes("0000000b2a09090807060504030201")
        #expect(framed(.ping(token: 0x0102_0304_0506_0708)) == ping)
        let goAway = bytes("000000183a160880011208445241494e494e471a07636c6f73696e67")
        #expect(
            framed(
                .goAway(GoAway(lastCallID: 128, reason: "DRAINING", message: "closing"))) == goAway)
        let update = bytes(
            "0a02343210091a046d61696c1a086c616e67756167652a066140622e66723802")
        let request = UpdateAccount.Request(
            identifier: "42", expectedVersion: 9, mail: "a@b.fr", language: .english)
        #expect(encoded(request) == update)
        try decoding(UpdateAccount.Request.self, update) { #expect($0 == request) }
    }
}
