// Frames: every kind there and back, behind its length.

import CRekeyProto
import RekeyCore
import RekeyWire
import Testing

@Suite("Frames")
struct FrameTests {
    private func response(
        _ frame: Frame, _ body: (ResponseFrame) throws -> Void = { _ in }
    ) throws {
        try decoding(Frame.self, encoded(frame)) {
            guard case .response(let response) = $0 else {
                Issue.record("not a response")
                return
            }
            try body(response)
        }
    }

    @Test("a frame stands behind its length, big-endian, which does not count itself")
    func length() {
        let arena = Arena()
        for count in [0, 1, 300, 70_000] {
            let body = [UInt8](repeating: 7, count: count)
            body.withUnsafeBytes { body in
                let frame = Frame.request(RequestFrame(callID: 1, method: "m", body: body))
                let bytes = arena.scope(budget: Arena.packingBudget) {
                    Array(arena.encodeFrame(frame))
                }
                let announced = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
                #expect(announced == bytes.count - 4)
                #expect(Array(bytes.dropFirst(4)) == encoded(frame))
            }
        }
    }

    @Test("a hello arrives as it was sent")
    func hello() throws {
        let hello = Hello(
            versions: 1...7, requestFrameBytesMax: 1, responseFrameBytesMax: 2, callsMax: 3,
            features: ["trace", "é"])
        try decoding(Frame.self, encoded(Frame.hello(hello))) {
            guard case .hello(hello) = $0 else {
                Issue.record("another frame: \($0)")
                return
            }
        }
    }

    @Test("a request arrives as it was sent, its body a view")
    func request() throws {
        let body: [UInt8] = [0, 255, 1]
        let bytes = body.withUnsafeBytes {
            encoded(
                Frame.request(
                    RequestFrame(
                        callID: .max, method: "rekey.v1.Rekey/Login", body: $0,
                        timeout: .seconds(30), idempotencyKey: [1, 0, 2], traceContext: "00-a-b-01"
                    )))
        }
        try decoding(Frame.self, bytes) {
            guard case .request(let request) = $0 else {
                Issue.record("another frame: \($0)")
                return
            }
            #expect(request.callID == .max)
            #expect(request.method == "rekey.v1.Rekey/Login")
            #expect(Array(request.body) == body)
            #expect(request.timeout == .seconds(30))
            #expect(request.idempotencyKey == [1, 0, 2])
            #expect(request.traceContext == "00-a-b-01")
        }
    }

    @Test("a call without a timeout asks for the server's default")
    func noTimeout() throws {
        let frame = Frame.request(
            RequestFrame(callID: 1, method: "m", body: UnsafeRawBufferPointer(start: nil, count: 0))
        )
        try decoding(Frame.self, encoded(frame)) {
            guard case .request(let request) = $0 else { throw WireFault("another frame") }
            #expect(request.timeout == nil)
            #expect(request.body.isEmpty)
        }
    }

    @Test(
        "a timeout that is over or nearly so does not become the server's default",
        arguments: [
            (Duration.microseconds(400), Duration.milliseconds(1)), (.zero, .milliseconds(1)),
            (.seconds(-5), .milliseconds(1)), (.milliseconds(2), .milliseconds(2)),
            (.seconds(Int64.max), .milliseconds(Int64(UInt32.max))),
        ])
    func shortTimeout(_ asked: Duration, _ sent: Duration) throws {
        let empty = UnsafeRawBufferPointer(start: nil, count: 0)
        let frame = Frame.request(
            RequestFrame(callID: 1, method: "m", body: empty, timeout: asked))
        try decoding(Frame.self, encoded(frame)) {
            guard case .request(let request) = $0 else { throw WireFault("another frame") }
            #expect(request.timeout == sent)
        }
    }

    @Test(
        "a reply arrives with its body, an empty one too",
        arguments: [[], [0, 1, 255]] as [[UInt8]])
    func reply(_ body: [UInt8]) throws {
        let bytes = body.withUnsafeBytes {
            encoded(Frame.response(ResponseFrame(callID: 9, outcome: .reply($0))))
        }
        try decoding(Frame.self, bytes) {
            guard case .response(let response) = $0, case .reply(let reply) = response.outcome
            else { throw WireFault("not a reply") }
            #expect(response.callID == 9)
            #expect(Array(reply) == body)
        }
    }

    @Test("a failure arrives with all it says", arguments: StatusCode.allCases.filter { $0 != .ok })
    func failure(_ status: StatusCode) throws {
        let failure = Failure(
            status: status, reason: "A_REASON", message: "é\n",
            details: [
                FieldProblem(field: "a", problem: "b"), FieldProblem(field: "", problem: ""),
            ],
            retryAfter: .milliseconds(1500))
        try response(.response(ResponseFrame(callID: 0, outcome: .failure(failure)))) {
            guard case .failure(failure) = $0.outcome else {
                Issue.record("another outcome: \($0.outcome)")
                return
            }
        }
    }

    @Test("a failure that says nothing about a repeat arrives without one")
    func noRetry() throws {
        let failure = Failure(Refusal.loginFailed)
        try response(.response(ResponseFrame(callID: 1, outcome: .failure(failure)))) {
            guard case .failure(let arrived) = $0.outcome else { throw WireFault("a reply") }
            #expect(arrived.retryAfter == nil)
            #expect(arrived == failure)
        }
    }

    @Test(
        "a status that this version does not know reads as UNKNOWN", arguments: [17, 0xFFFF_FFFF])
    func unknownStatus(_ status: UInt64) throws {
        let bytes = Wire.delimited(3, Wire.number(2, status) + Wire.text(3, "NEW_REASON"))
        try decoding(Frame.self, bytes) {
            guard case .response(let response) = $0, case .failure(let failure) = response.outcome
            else { throw WireFault("not a failure") }
            #expect(failure.status == .unknown)
            #expect(failure.reason == "NEW_REASON")
        }
    }

    @Test("cancel, ping, pong and go-away keep their numbers apart")
    func small() throws {
        func arrived(_ frame: Frame) throws -> String {
            try decoding(Frame.self, encoded(frame)) { "\($0)" }
        }
        for frame in [
            Frame.cancel(callID: 0), .cancel(callID: .max), .ping(token: 0), .ping(token: .max),
            .pong(token: 1),
            .goAway(GoAway(lastCallID: 3, reason: "DRAINING", message: "closing")),
        ] {
            #expect(try arrived(frame) == "\(frame)")
        }
    }
}
