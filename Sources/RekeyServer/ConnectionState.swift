import RekeyCore
import RekeyWire

/// Where one connection stands. Pure: it says what to do and does nothing itself.
///
/// | state | a Hello | a Request | drain | the last reply |
/// |---|---|---|---|---|
/// | awaiting Hello | open, or end it | end it | end it | – |
/// | open | end it | run or refuse it | draining | – |
/// | draining | end it | refuse it | – | end it |
/// | ended | – | – | – | – |
struct ConnectionState {
    private enum Phase { case awaitingHello, open, draining, ended }

    private var phase = Phase.awaitingHello
    /// The newest call id; the next must be above it.
    private(set) var lastCallID: UInt64 = 0
    private var callsInFlight = 0
    /// What the client reads behind a length, at most.
    private(set) var responseFrameBytesMax = WireLimits.responseFrameBytesMax

    var isEnded: Bool { phase == .ended }
    var isAwaitingHello: Bool { phase == .awaitingHello }
    var isIdle: Bool { callsInFlight == 0 }

    /// What to do with a call.
    enum Admission {
        case run
        /// Answer it, and nothing else.
        case refuse(Refusal)
        /// The peer broke a rule: say so and end the connection.
        case end(GoAway)
    }

    /// nil when the connection is open now.
    mutating func receive(_ hello: Hello) -> GoAway? {
        guard phase == .awaitingHello else {
            return end("HELLO_REPEATED", "a second Hello; send one, first")
        }
        guard hello.versions.contains(WireLimits.version) else {
            return end(
                "VERSION_UNSUPPORTED", "this server speaks version \(WireLimits.version) only")
        }
        let limit = hello.responseFrameBytesMax
        guard limit == 0 || limit >= 1024 else {
            return end("HELLO_INVALID", "response_frame_bytes_max must be 1024 or more")
        }
        if limit != 0 { responseFrameBytesMax = min(limit, responseFrameBytesMax) }
        phase = .open
        return nil
    }

    mutating func receiveRequest(_ callID: UInt64) -> Admission {
        switch phase {
        case .awaitingHello:
            return .end(end("HELLO_MISSING", "the first frame must be a Hello"))
        case .ended:
            return .refuse(.draining)
        case .open, .draining:
            guard callID > lastCallID else {
                return .end(end("CALL_ID_REUSED", "each call id must be above the one before"))
            }
            if phase == .draining { return .refuse(.draining) }
            lastCallID = callID
            guard callsInFlight < WireLimits.callsInFlightMax else {
                return .refuse(
                    Refusal(
                        .tooManyCalls,
                        "more than \(WireLimits.callsInFlightMax) calls in flight; "
                            + "wait for a reply first"))
            }
            callsInFlight += 1
            return .run
        }
    }

    /// A call that ran has its reply. True: nothing more is to come, end the connection.
    mutating func finishCall() -> Bool {
        callsInFlight -= 1
        return phase == .draining && callsInFlight == 0
    }

    /// No further calls are taken. The frame to send; nil when it was said before.
    mutating func drain(_ reason: String, _ message: String) -> GoAway? {
        if phase == .awaitingHello { return end(reason, message) }
        guard phase == .open else { return nil }
        phase = .draining
        return GoAway(lastCallID: lastCallID, reason: reason, message: message)
    }

    /// The peer sends no more; true when there is nothing left to answer either.
    mutating func receiveEnd() -> Bool {
        if phase != .ended { phase = .draining }
        return callsInFlight == 0
    }

    /// A rule was broken.
    mutating func fail(_ fault: WireFault) -> GoAway { end("FRAME_INVALID", fault.description) }

    mutating func end(_ reason: String, _ message: String) -> GoAway {
        phase = .ended
        return GoAway(lastCallID: lastCallID, reason: reason, message: message)
    }
}

extension Refusal {
    static let draining = Refusal(
        .draining, "the server is stopping; repeat the call on another connection")

    static let replyTooLong = Refusal(
        .replyTooLong, "the reply is longer than this connection carries; ask for less")
}
