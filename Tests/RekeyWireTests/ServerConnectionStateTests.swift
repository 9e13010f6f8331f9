import RekeyCore
import RekeySimulation
import RekeyWire
import Testing

@Suite("A connection's state: frames, endings and time come in, what is to be done goes out")
struct ServerConnectionStateTests {
    private let start = ContinuousClock.now
    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    /// A connection after its Hello, at second 0.
    private func open() -> ServerConnectionState {
        var state = ServerConnectionState(at: start)
        _ = state.receive(.hello(Hello()), at: start)
        return state
    }

    private func request(_ id: UInt64) -> Frame {
        .request(RequestFrame(callID: id, method: "rekey.v1.Rekey/Health"))
    }

    @Test("P3.2: without a Hello within 5 s the connection is ended")
    func helloTimeout() {
        var state = ServerConnectionState(at: start)
        #expect(state.nextTick == at(5))
        #expect(state.tick(at: at(4.999)).word == "nothing")
        #expect(state.tick(at: at(5)).word == "end HELLO_MISSING")
        #expect(state.isClosing && state.nextTick == nil)
    }

    @Test(
        "P3.5: whatever comes before the first Hello ends the connection",
        arguments: [
            Frame.Kind.request, .cancel, .ping, .pong, .goAway, .response,
        ])
    func beforeHello(_ kind: Frame.Kind) {
        var state = ServerConnectionState(at: start)
        #expect(state.receive(kind.frame, at: start).word == "end HELLO_MISSING")
    }

    @Test(
        "P3.3, P3.4: a Hello opens the connection if there is a version in common and room for a frame"
    )
    func hello() {
        var newer = ServerConnectionState(at: start)
        #expect(
            newer.receive(.hello(Hello(versions: 2...9)), at: start).word
                == "end VERSION_UNSUPPORTED")
        var wide = ServerConnectionState(at: start)
        #expect(wide.receive(.hello(Hello(versions: 1...9)), at: start).word == "nothing")
        var small = ServerConnectionState(at: start)
        #expect(
            small.receive(.hello(Hello(responseFrameBytesMax: 1023)), at: start).word
                == "end HELLO_INVALID")
        var exact = ServerConnectionState(at: start)
        #expect(
            exact.receive(.hello(Hello(responseFrameBytesMax: 1024)), at: start).word == "nothing")
        #expect(exact.responseFrameBytesMax == 1024)
        #expect(exact.receive(.hello(Hello()), at: start).word == "end HELLO_REPEATED")
    }

    @Test("P4.1: each call id is above the one before")
    func callIDs() {
        var zero = open()
        #expect(zero.receive(request(0), at: start).word == "end CALL_ID_REUSED")
        var state = open()
        #expect(state.receive(request(1), at: start).word == "run 1")
        #expect(state.receive(request(.max), at: start).word == "run \(UInt64.max)")
        #expect(state.receive(request(7), at: start).word == "end CALL_ID_REUSED")
    }

    @Test(
        "P4.5: a call counts until its Response is sent, so requests and cancels in turns are held")
    func callsInFlight() {
        var state = open()
        for id in UInt64(1)...100 {
            #expect(state.receive(request(id), at: start).word == "run \(id)")
            #expect(state.receive(.cancel(callID: id), at: start).word == "cancel \(id)")
        }
        for id in UInt64(101)...5000 {
            #expect(state.receive(request(id), at: start).word == "refuse \(id) TOO_MANY_CALLS")
            #expect(state.receive(.cancel(callID: id), at: start).word == "cancel \(id)")
        }
        #expect(state.answered(at: start).word == "nothing")
        #expect(state.receive(request(5001), at: start).word == "run 5001")
    }

    @Test("P7.7: a flood of frames that ask for nothing is cut off, and each Request pays for one")
    func flood() {
        for frame in [Frame.ping(token: 1), .pong(token: 1), .cancel(callID: 1)] {
            var state = open()
            for _ in 1...100 { #expect(!state.receive(frame, at: start).isEnd) }
            #expect(state.receive(frame, at: at(0.099)).word == "end FLOOD")
        }
        var state = open()
        for _ in 1...100 { _ = state.receive(.ping(token: 1), at: start) }
        #expect(state.receive(.ping(token: 1), at: at(0.1)).word == "send pong 1")
        _ = state.receive(request(1), at: at(0.1))
        #expect(state.receive(.ping(token: 2), at: at(0.1)).word == "send pong 2")
        #expect(state.receive(.ping(token: 3), at: at(0.1)).word == "end FLOOD")
        // An hour of silence saves up no more than the first hundred.
        var patient = open()
        for _ in 1...100 { #expect(!patient.receive(.ping(token: 1), at: at(3600)).isEnd) }
        #expect(patient.receive(.ping(token: 1), at: at(3600)).isEnd)
    }

    @Test("P7.4: a drain is announced with a Ping; its Pong draws the line, and so does a second")
    func drain() {
        var state = open()
        _ = state.receive(request(1), at: start)
        #expect(state.stop(at: at(1)).word == "announce DRAINING \(UInt64.max) ping 1")
        #expect(state.stop(at: at(1)).word == "nothing")
        #expect(state.receive(request(2), at: at(1)).word == "run 2")
        var unanswered = state
        #expect(unanswered.nextTick == at(2))
        #expect(unanswered.tick(at: at(2)).word == "send goaway 2")
        #expect(state.receive(.pong(token: 9), at: at(1)).word == "nothing")
        #expect(state.receive(.pong(token: 1), at: at(1)).word == "send goaway 2")
        #expect(state.receive(request(3), at: at(1)).word == "refuse 3 DRAINING")
        #expect(state.answered(at: at(1)).word == "nothing")
        #expect(state.answered(at: at(1)).word == "close")
        var idle = open()
        _ = idle.stop(at: at(1))
        #expect(idle.receive(.pong(token: 1), at: at(1)).word == "end DRAINING")
        var silent = ServerConnectionState(at: start)
        #expect(silent.stop(at: start).word == "end DRAINING")
    }

    @Test("P4.1: ids must grow while a connection drains, too")
    func callIDsWhileDraining() {
        var state = open()
        _ = state.receive(request(1), at: start)
        _ = state.stop(at: start)
        _ = state.receive(.pong(token: 1), at: start)
        #expect(state.receive(request(5), at: start).word == "refuse 5 DRAINING")
        guard case .end(let goAway) = state.receive(request(5), at: start) else {
            Issue.record("the id was taken again")
            return
        }
        #expect(goAway.reason == "CALL_ID_REUSED" && goAway.lastCallID == 1)
    }

    @Test(
        "P7.6, P7.4: two Pings may be under way; each Pong is for one, and only the newer draws the line"
    )
    func twoPings() {
        var state = open()
        for _ in 1...100 { _ = state.receive(.ping(token: 9), at: start) }
        #expect(state.tick(at: at(30)).word == "send ping 1")
        #expect(state.stop(at: at(30)).word == "announce DRAINING \(UInt64.max) ping 2")
        #expect(state.receive(.pong(token: 1), at: at(30)).word == "nothing")
        #expect(state.receive(.pong(token: 2), at: at(30)).word == "end DRAINING")
    }

    @Test("P7.5: whoever sends no more still gets the answers to what was called")
    func clientEnd() {
        var state = open()
        _ = state.receive(request(1), at: start)
        #expect(
            state.receive(.goAway(GoAway(lastCallID: 0, reason: "", message: "")), at: start).word
                == "nothing")
        #expect(state.receive(request(2), at: start).word == "refuse 2 DRAINING")
        #expect(state.receiveEnd(at: start).word == "nothing")
        #expect(state.answered(at: start).word == "close")
        var idle = open()
        #expect(idle.receiveEnd(at: start).word == "close")
    }

    @Test(
        "P7.6: 30 s of silence are asked about, and 15 s more end the connection; any byte is an answer"
    )
    func silence() {
        var state = open()
        #expect(state.nextTick == at(30))
        #expect(state.tick(at: at(30)).word == "send ping 1")
        #expect(state.nextTick == at(45))
        var answering = state
        answering.heard(at: at(40))
        #expect(answering.nextTick == at(70))
        #expect(answering.receive(.pong(token: 1), at: at(40)).word == "nothing")
        #expect(state.tick(at: at(45)).word == "end PEER_SILENT")
    }

    @Test("R85, P7.2: 5 min without a call end the connection, whatever else is sent")
    func idle() {
        var state = open()
        for second in stride(from: 20.0, to: 300, by: 20) {
            state.heard(at: at(second))
            #expect(state.tick(at: at(second)).word == "nothing")
        }
        state.heard(at: at(299))
        var calling = state
        #expect(state.tick(at: at(300)).word == "end IDLE")
        _ = calling.receive(request(1), at: at(299))
        #expect(calling.tick(at: at(300)).word == "nothing")
        _ = calling.answered(at: at(310))
        calling.heard(at: at(600))
        #expect(calling.tick(at: at(609)).word == "nothing")
        #expect(calling.tick(at: at(610)).word == "end IDLE")
    }

    @Test("R85, P2.7: a frame's rest must come within 10 s of its first byte, while it is read")
    func slowFrame() {
        var state = open()
        state.awaitsRest(true, at: at(1))
        state.heard(at: at(9))
        state.awaitsRest(true, at: at(9))
        #expect(state.nextTick == at(11))
        var complete = state
        complete.completedFrame()
        complete.awaitsRest(true, at: at(9))
        #expect(complete.nextTick == at(19))
        var paused = state
        paused.pause(true, at: at(10))
        #expect(paused.nextTick == at(70))
        paused.pause(false, at: at(20))
        #expect(paused.nextTick == at(30))
        #expect(state.tick(at: at(11)).word == "end FRAME_SLOW")
    }

    @Test("P7.6: while nobody reads, nobody is silent, though a Ping is under way")
    func pausedPing() {
        var state = open()
        #expect(state.tick(at: at(30)).word == "send ping 1")
        state.pause(true, at: at(31))
        state.pause(false, at: at(60))
        #expect(state.tick(at: at(60)).word == "nothing")
        #expect(state.tick(at: at(75)).word == "end PEER_SILENT")
    }

    @Test("R85, P7.9: whoever does not read for 60 s is left")
    func stuck() {
        var state = open()
        state.pause(true, at: at(1))
        state.pause(true, at: at(30))
        #expect(state.tick(at: at(60)).word == "nothing")
        #expect(state.tick(at: at(61)).word == "abandon")
        #expect(state.isClosing)
    }

    @Test("Nothing follows the end, whatever comes, in any order", arguments: 0..<200)
    func anything(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var state = ServerConnectionState(at: start)
        var now = start
        var running = 0
        var ended = false
        for id in UInt64(1)...300 {
            now += .milliseconds(Int.random(in: 0...400, using: &generator))
            let step: ServerConnectionState.Step
            switch Int.random(in: 0..<24, using: &generator) {
            case 0: step = state.receive(.hello(Hello()), at: now)
            case 1: step = state.stop(at: now)
            case 2: step = state.receiveEnd(at: now)
            case 3: step = state.receive(.pong(token: 1), at: now)
            case 4: step = state.tick(at: now)
            case 5...10 where running > 0:
                step = state.answered(at: now)
                running -= 1
            case 11: step = state.receive(.ping(token: id), at: now)
            default: step = state.receive(request(id), at: now)
            }
            if ended { #expect(step.word == "nothing") }
            if case .run = step { running += 1 }
            #expect(running <= 100)
            switch step {
            case .end, .close, .abandon: ended = true
            default: break
            }
            #expect(state.isClosing == ended)
        }
    }
}

extension Frame {
    /// A frame to come before the Hello.
    enum Kind: CaseIterable, Sendable {
        case request, cancel, ping, pong, goAway, response

        var frame: Frame {
            switch self {
            case .request: .request(RequestFrame(callID: 1, method: "m"))
            case .cancel: .cancel(callID: 1)
            case .ping: .ping(token: 1)
            case .pong: .pong(token: 1)
            case .goAway: .goAway(GoAway(lastCallID: 0, reason: "", message: ""))
            case .response:
                .response(
                    ResponseFrame(callID: 1, outcome: .reply(.init(start: nil, count: 0))))
            }
        }
    }
}

extension ServerConnectionState.Step {
    /// What a sentence would say.
    var word: String {
        switch self {
        case .nothing: "nothing"
        case .run(let request): "run \(request.callID)"
        case .refuse(let id, let refusal): "refuse \(id) \(refusal.reason.rawValue)"
        case .cancel(let id): "cancel \(id)"
        case .send(.pong(let token)): "send pong \(token)"
        case .send(.ping(let token)): "send ping \(token)"
        case .send(.goAway(let goAway)): "send goaway \(goAway.lastCallID)"
        case .send: "send"
        case .announce(let goAway, .ping(let token)):
            "announce \(goAway.reason) \(goAway.lastCallID) ping \(token)"
        case .announce: "announce without a Ping"
        case .end(let goAway): "end \(goAway.reason)"
        case .close: "close"
        case .abandon: "abandon"
        }
    }

    var isEnd: Bool { if case .end = self { true } else { false } }
}
