// The oracle of a server's connection: whatever comes, in whatever order and at whatever time.
import RekeyCore
import RekeyWire

/// A connection as its handler drives it, without a socket: each byte of the input is something that
/// happens, and what follows it says to which frame or how much later.
struct ConnectionCheck {
    private var state = ServerConnectionState(at: start)
    private var now = start
    /// Calls that ran and have no answer yet.
    private var running: Set<UInt64> = []
    private var lastCallID: UInt64 = 0
    private var hasEnded = false

    private static let start = ContinuousClock.now

    static func run(_ input: inout FuzzInput) {
        var check = ConnectionCheck()
        while let event = input.byte() { check.happen(event, &input) }
    }

    private mutating func happen(_ event: UInt8, _ input: inout FuzzInput) {
        let operand = UInt64(input.byte() ?? 0)
        switch event % 16 {
        case 0: take(state.receive(.hello(Hello(versions: 1...max(1, UInt32(operand)))), at: now))
        case 1: take(state.stop(at: now))
        case 2: take(state.receiveEnd(at: now))
        case 3:
            take(state.receive(.goAway(GoAway(lastCallID: 0, reason: "", message: "")), at: now))
        case 4: take(state.receive(.ping(token: operand), at: now))
        case 5: take(state.receive(.pong(token: operand), at: now))
        case 6: take(state.receive(.cancel(callID: operand), at: now))
        case 7: pass(.milliseconds(operand * operand))
        case 8: state.awaitsRest(operand % 2 == 0, at: now)
        case 9: state.completedFrame()
        case 10: state.pause(operand % 2 == 0, at: now)
        case 11:
            state.heard(at: now)
        case 12, 13: answer()
        default: request(lastCallID &+ operand % 8)
        }
        guard state.isClosing == hasEnded else { broken("a connection closes when it is said to") }
    }

    /// Time passes, and the alarm goes off as it was asked to.
    private mutating func pass(_ time: Duration) {
        let end = now + time
        while let alarm = state.nextTick, alarm <= end {
            now = max(now, alarm)
            let before = state.nextTick
            take(state.tick(at: now))
            if !hasEnded, state.nextTick == before { broken("an alarm that was heard is set anew") }
        }
        now = end
    }

    private mutating func request(_ id: UInt64) {
        let step = state.receive(
            .request(RequestFrame(callID: id, method: "rekey.v1.Rekey/Health")), at: now)
        switch step {
        case .run(let request):
            guard request.callID == id, id > lastCallID else { broken("P4.1: ids only grow") }
            guard running.count < WireLimits.callsInFlightMax else { broken("P4.5: 100 in flight") }
            lastCallID = id
            running.insert(id)
        case .refuse(let refused, let refusal):
            guard refused == id, refusal.reason.isNotProcessed else {
                broken("a call that is not run says so")
            }
            if refusal.reason == .tooManyCalls { lastCallID = id }
        case .nothing where hasEnded: break
        case .end: take(step)
        default: broken("a Request is run, refused, or ends the connection")
        }
    }

    private mutating func answer() {
        guard let id = running.min() else { return }
        running.remove(id)
        take(state.answered(at: now))
    }

    private mutating func take(_ step: ServerConnectionState.Step) {
        if case .nothing = step { return }
        guard !hasEnded else { broken("nothing follows the end") }
        switch step {
        case .end(let goAway):
            guard goAway.lastCallID == lastCallID else { broken("a GoAway draws the line") }
            guard goAway.reason != "DRAINING" || running.isEmpty else {
                broken("P7.4: a drain loses no reply")
            }
            hasEnded = true
        case .close:
            guard running.isEmpty else { broken("P7.5: every call is answered before the close") }
            hasEnded = true
        case .abandon: hasEnded = true
        case .announce(let goAway, .ping):
            guard goAway.lastCallID == GoAway.announcement else { broken("P7.4: the first step") }
        case .send(.goAway(let goAway)):
            guard goAway.lastCallID == lastCallID, !running.isEmpty else {
                broken("P7.4: the second step")
            }
        case .send(.ping), .send(.pong), .cancel: break
        default: broken("a step that no event but a Request leads to")
        }
    }

    /// A life in order, and each way to end it.
    static var seeds: [[UInt8]] {
        let life: [UInt8] = [0, 1, 14, 1, 14, 2, 4, 7, 12, 0, 6, 2]
        return [
            life + [1, 0, 14, 1, 5, 1, 14, 1, 12, 0, 12, 0, 12, 0],
            life + [2, 0, 12, 0, 12, 0], life + [3, 0, 14, 1, 12, 0, 12, 0],
            [0, 1, 7, 174, 7, 123], [0, 1, 8, 0, 7, 101], [0, 1, 10, 0, 7, 246], [7, 71],
            life + [14, 0], [0, 2], [1, 0], [0, 0, 0, 0],
            [0, 1] + [UInt8](repeating: 4, count: 240),
            [0, 1] + [[UInt8]](repeating: [14, 1, 6, 1], count: 110).flatMap(\.self),
        ]
    }
}
