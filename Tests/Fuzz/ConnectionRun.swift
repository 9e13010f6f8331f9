// One connection of a server through whatever may happen to it, without the network around it. Beside it
// stands what PROTOCOL.md lets happen, told by what was seen from outside.
import RekeyCore
import RekeyWire

/// A promise of PROTOCOL.md that the state machine broke.
struct BrokenPromise: Error {
    let rule: String
}

struct ConnectionRun {
    /// What may happen.
    enum Event {
        case frame(Frame)
        case answered
        case stop
        case clientEnds
        case faultyFrame
        case heard
        case partialFrame(Bool)
        case paused(Bool)
        case time(Duration)
    }

    private let begun = ContinuousClock.now
    private var now: ContinuousClock.Instant
    private var state: ServerConnectionState
    /// Since when no call has been in flight.
    private var idleSince: ContinuousClock.Instant
    private var requests = 0
    /// Frames that asked for no call and were taken.
    private var asked = 0
    private var running: Set<UInt64> = []
    private var lastID: UInt64 = 0
    private var sawHello = false
    private var isOver = false
    private var clientEnded = false
    /// No later call may run: the true last id was said.
    private var isLineDrawn = false

    init() {
        now = begun
        idleSince = begun
        state = ServerConnectionState(at: begun)
    }

    mutating func take(_ event: Event) throws(BrokenPromise) {
        switch event {
        case .frame(let frame):
            state.completedFrame()
            let step = state.receive(frame, at: now)
            try check(step, after: frame)
            try judge(step)
            note(frame)
        case .answered:
            guard let id = running.first else { return }
            running.remove(id)
            idleSince = now
            try judge(state.answered(at: now))
            try require(
                !running.isEmpty || !(clientEnded || isLineDrawn) || isOver,
                "P7.4, P7.5: with the last answer that is owed a draining connection ends")
        case .stop:
            try judge(state.stop(at: now))
        case .clientEnds:
            let wasOver = isOver
            try judge(state.receiveEnd(at: now))
            clientEnded = true
            try require(
                wasOver || !isOver || running.isEmpty,
                "P7.5: behind its end a client gets its answers")
        case .faultyFrame:
            guard !isOver else { return }
            try judge(state.fail(WireFault("a frame that does not parse")))
            try require(isOver, "P2.4: a frame that does not parse ends the connection")
        case .heard: state.heard(at: now)
        case .partialFrame(let isPartial): state.awaitsRest(isPartial, at: now)
        case .paused(let isPaused): state.pause(isPaused, at: now)
        case .time(let span): try pass(span)
        }
        try require(state.isClosing == isOver, "it is closing when it said so, and only then")
        try require(!isOver || state.nextTick == nil, "nothing is waited for on what is over")
    }

    /// Time goes by from alarm to alarm, each of which gets something done.
    private mutating func pass(_ span: Duration) throws(BrokenPromise) {
        let end = now + span
        var alarms = 0
        while let next = state.nextTick, next <= end {
            now = max(now, next)
            try judge(state.tick(at: now))
            alarms += 1
            try require(alarms < 1000, "an alarm is not for the same thing again and again")
        }
        now = end
        try require(state.nextTick.map { $0 > now } ?? true, "no alarm is left behind")
        guard !isOver else { return }
        try require(sawHello || now - begun < WireLimits.helloWithin, "P3.2")
        try require(!running.isEmpty || now - idleSince < WireLimits.idleMax, "P7.2")
    }

    private mutating func judge(_ step: ServerConnectionState.Step) throws(BrokenPromise) {
        switch step {
        case .nothing: return
        case .end(let goAway), .send(.goAway(let goAway)):
            try require(!isOver, "nothing follows the end")
            try require(
                goAway.lastCallID == lastID, "P7.4: a GoAway names the last call that is run")
            isLineDrawn = true
            if case .end = step { isOver = true }
        case .announce(let goAway, .ping):
            try require(!isOver && !isLineDrawn, "P7.4: the announcement is the first step")
            try require(goAway.lastCallID == .max, "P7.4: the announcement draws no line")
        case .announce: throw BrokenPromise(rule: "P7.4: an announcement has a Ping with it")
        case .close, .abandon:
            try require(!isOver, "nothing follows the end")
            isOver = true
        case .run, .refuse, .cancel, .send: try require(!isOver, "nothing follows the end")
        }
    }

    /// What this frame must lead to.
    private mutating func check(
        _ step: ServerConnectionState.Step, after frame: Frame
    ) throws(BrokenPromise) {
        if isOver {
            guard case .nothing = step else {
                throw BrokenPromise(rule: "P7.3: what comes behind the end is ignored")
            }
            return
        }
        switch (frame, step) {
        case (.hello, .nothing): try require(!sawHello, "P3.5: a second Hello ends it")
        case (_, .end): break
        case (_, _) where !sawHello: throw BrokenPromise(rule: "P3.5: Hello comes first")
        case (.request(let request), .run(let run)):
            try require(run.callID == request.callID, "the call that came is the one that runs")
            try require(run.callID > lastID, "P4.1: a call's id is above every one before it")
            try require(!isLineDrawn, "P7.4: no call runs above the line")
            try require(!clientEnded, "P7.5: no call runs behind the client's end")
            try require(running.count < WireLimits.callsInFlightMax, "P4.5")
            lastID = run.callID
            running.insert(run.callID)
        case (.request(let request), .refuse(let id, let refusal)):
            try require(id == request.callID, "P4.2: the answer is to the call that came")
            try require(refusal.reason.isNotProcessed, "P5.5: what is refused here is not run")
            let mayRun = !isLineDrawn && !clientEnded
            try require(
                !mayRun || running.count == WireLimits.callsInFlightMax,
                "a call that may run is run")
            if mayRun { lastID = max(lastID, id) }
        case (.ping(let token), .send(.pong(let answer))):
            try require(answer == token, "P7.1: a Pong has the token of its Ping")
            try count()
        case (.cancel(let id), .cancel(let cancelled)):
            try require(id == cancelled, "P4.7: the call that is named is the one to cancel")
            try count()
        case (.goAway, .close):
            try require(running.isEmpty, "P7.5: behind its GoAway a client gets its answers")
        case (.pong, .nothing), (.pong, .send(.goAway)), (.goAway, .nothing): break
        default: throw BrokenPromise(rule: "\(frame) does not lead to \(step)")
        }
    }

    private mutating func count() throws(BrokenPromise) {
        asked += 1
        let saved = 100 + Double(requests) + 10 * ((now - begun) / .seconds(1))
        try require(Double(asked) <= saved, "P7.7: no more than what was saved up")
    }

    private mutating func note(_ frame: Frame) {
        switch frame {
        case .hello where !sawHello:
            sawHello = true
            idleSince = now
        case .request: requests += 1
        case .goAway: clientEnded = true
        default: break
        }
    }

    private func require(_ holds: Bool, _ rule: String) throws(BrokenPromise) {
        guard holds else { throw BrokenPromise(rule: rule) }
    }
}
