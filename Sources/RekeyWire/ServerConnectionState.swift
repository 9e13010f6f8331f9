package import RekeyCore

/// Where one connection of a server stands, and what it may and must do next. Pure: frames, endings and
/// the time come in, a `Step` goes out, and whoever holds the socket takes it.
///
/// | state | Hello | Request | Cancel | Ping | the server stops | the client's end | no call for 5 min |
/// |---|---|---|---|---|---|---|---|
/// | awaiting Hello | open, or end | end | end | end | end | close | – |
/// | open | end | run or refuse | cancel | Pong | announce | draining | end |
/// | announced | end | run or refuse | cancel | Pong | – | draining | – |
/// | draining | end | refuse | cancel | Pong | – | – | – |
/// | closing | – | – | – | – | – | – | – |
///
/// PROTOCOL.md has the same table, and the rules that comments here name.
package struct ServerConnectionState {
    package typealias Instant = ContinuousClock.Instant

    /// What is to be done. What it says was done already is so for the state.
    package enum Step {
        case nothing
        case run(RequestFrame)
        /// Answer this call, and nothing else.
        case refuse(UInt64, Refusal)
        /// The client no longer wants this call.
        case cancel(UInt64)
        case send(Frame)
        /// Both, in this order.
        case announce(GoAway, Frame)
        /// Say so, half-close, and close soon.
        case end(GoAway)
        /// Half-close, and close soon.
        case close
        /// Close at once: nobody is there to hear anything.
        case abandon
    }

    private enum Phase { case awaitingHello, open, announced, draining, closing }

    private var phase = Phase.awaitingHello
    /// The newest call id; the next must be above it.
    private var newestCallID: UInt64 = 0
    /// The newest that was taken: a GoAway draws the line behind it.
    private var lastCallID: UInt64 = 0
    private var callsInFlight = 0
    /// What the client reads behind a length, at most.
    package private(set) var responseFrameBytesMax = WireLimits.responseFrameBytesMax
    private var credit: FloodCredit

    // Since when something has been so; nil when it is not.
    private let connectedAt: Instant
    private var heardAt: Instant
    private var pingedAt: Instant?
    /// No call is in flight.
    private var idleSince: Instant?
    /// A frame has begun and is not complete.
    private var frameSince: Instant?
    /// The client does not read what it is sent, so it is not read from.
    private var pausedSince: Instant?
    private var announcedAt: Instant?
    /// Pings have tokens that count: up to which they were sent, and answered.
    private var pinged: UInt64 = 0
    private var ponged: UInt64 = 0
    /// That of the Ping which the announcement came with.
    private var announcedToken: UInt64 = .max

    package init(at now: Instant) {
        connectedAt = now
        heardAt = now
        idleSince = now
        credit = FloodCredit(at: now)
    }

    package var isClosing: Bool { phase == .closing }

    // MARK: Frames

    package mutating func receive(_ frame: Frame, at now: Instant) -> Step {
        switch (phase, frame) {
        case (.closing, _): return .nothing
        case (.awaitingHello, .hello(let hello)): return open(hello, at: now)
        case (.awaitingHello, _) where ProtocolTooth.helloFirst.holds:
            return end("HELLO_MISSING", "the first frame must be a Hello")
        case (_, .hello) where ProtocolTooth.helloOnce.holds:
            return end("HELLO_REPEATED", "a second Hello; send one, first")
        case (_, .hello): return .nothing
        case (_, .request(let request)): return receive(request, at: now)
        case (_, .cancel(let id)):
            if !ProtocolTooth.cancelledStayInFlight.holds {
                callsInFlight = max(callsInFlight - 1, 0)
            }
            return asked(at: now) ?? .cancel(id)
        case (_, .ping(let token)):
            return asked(at: now) ?? .send(.pong(token: ProtocolTooth.pongToken.holds ? token : 0))
        case (_, .pong(let token)): return receive(pong: token, at: now)
        case (_, .goAway): return receiveEnd(at: now)
        case (_, .response): return fail(WireFault("a Response; only servers send them"))
        }
    }

    private mutating func open(_ hello: Hello, at now: Instant) -> Step {
        guard !ProtocolTooth.versions.holds || hello.versions.contains(WireLimits.version) else {
            return end(
                "VERSION_UNSUPPORTED", "this server speaks version \(WireLimits.version) only")
        }
        let limit = hello.responseFrameBytesMax
        guard !ProtocolTooth.helloLimits.holds || limit == 0 || limit >= 1024 else {
            return end("HELLO_INVALID", "response_frame_bytes_max must be 1024 or more")
        }
        if limit != 0, ProtocolTooth.replyLimit.holds {
            responseFrameBytesMax = min(limit, responseFrameBytesMax)
        }
        phase = .open
        idleSince = now
        return .nothing
    }

    private mutating func receive(_ request: RequestFrame, at now: Instant) -> Step {
        guard request.callID > newestCallID || !ProtocolTooth.callIDs.holds else {
            return end("CALL_ID_REUSED", "each call id must be above the one before")
        }
        newestCallID = request.callID
        credit.add()
        if phase == .draining, ProtocolTooth.lateCalls.holds {
            return .refuse(request.callID, .draining)
        }
        lastCallID = request.callID
        guard callsInFlight < WireLimits.callsInFlightMax || !ProtocolTooth.callsMax.holds else {
            return .refuse(request.callID, .tooManyCalls)
        }
        callsInFlight += 1
        idleSince = nil
        return .run(request)
    }

    /// A call that ran has its reply.
    package mutating func answered(at now: Instant) -> Step {
        callsInFlight -= 1
        guard callsInFlight == 0 else { return .nothing }
        idleSince = now
        return phase == .draining ? close() : .nothing
    }

    private mutating func receive(pong token: UInt64, at now: Instant) -> Step {
        guard token > ponged, token <= pinged else { return asked(at: now) ?? .nothing }
        ponged = token
        return phase == .announced && token >= announcedToken ? drain() : .nothing
    }

    /// A frame that asks for no call (P7.7).
    private mutating func asked(at now: Instant) -> Step? {
        guard !credit.spend(at: now), ProtocolTooth.flood.holds else { return nil }
        return end("FLOOD", "too many frames that ask for no call; send fewer")
    }

    // MARK: Endings

    /// The server stops: in two steps, so that calls on their way are still run (P7.4).
    package mutating func stop(at now: Instant) -> Step {
        switch phase {
        case .awaitingHello: return end("DRAINING", "the server is stopping")
        case .announced, .draining, .closing: return .nothing
        case .open:
            phase = .announced
            announcedAt = now
            announcedToken = pinged + 1
            return .announce(
                GoAway(
                    lastCallID: ProtocolTooth.announcement.holds
                        ? GoAway.announcement : lastCallID, reason: "DRAINING",
                    message: "the server is stopping; make no further calls here"),
                ping(at: now))
        }
    }

    /// The second step.
    private mutating func drain() -> Step {
        phase = .draining
        let goAway = GoAway(
            lastCallID: lastCallID, reason: "DRAINING", message: "the server is stopping")
        guard callsInFlight == 0 else { return .send(.goAway(goAway)) }
        phase = .closing
        return .end(goAway)
    }

    /// The client sends no more calls; those in flight are answered (P7.5).
    package mutating func receiveEnd(at now: Instant) -> Step {
        guard phase != .closing else { return .nothing }
        if callsInFlight == 0 || !ProtocolTooth.halfClose.holds { return close() }
        phase = .draining
        return .nothing
    }

    /// What a frame that broke a rule leads to.
    package mutating func fail(_ fault: WireFault) -> Step {
        end("FRAME_INVALID", fault.description)
    }

    /// The connection is not wanted, or no more (P7.8, P10.4).
    package mutating func refuse(_ refusal: ConnectionRefusal) -> Step {
        guard phase != .closing else { return .nothing }
        return end(refusal.rawValue, refusal.message)
    }

    private mutating func end(_ reason: String, _ message: String) -> Step {
        phase = .closing
        return .end(GoAway(lastCallID: lastCallID, reason: reason, message: message))
    }

    private mutating func close() -> Step {
        phase = .closing
        return .close
    }

    // MARK: Time

    /// Bytes came.
    package mutating func heard(at now: Instant) {
        heardAt = now
        pingedAt = nil
    }

    /// All that came was read, and there is or is not a beginning of a frame behind it.
    package mutating func awaitsRest(_ isPartial: Bool, at now: Instant) {
        frameSince = isPartial ? frameSince ?? now : nil
    }

    /// A frame is complete; the next one's time begins with its own first byte.
    package mutating func completedFrame() { frameSince = nil }

    /// Whether the client reads what it is sent.
    package mutating func pause(_ isPaused: Bool, at now: Instant) {
        guard isPaused != (pausedSince != nil) else { return }
        pausedSince = isPaused ? now : nil
        // Time in which nobody read is nobody's fault (P2.7).
        heardAt = now
        if pingedAt != nil { pingedAt = now }
        if frameSince != nil { frameSince = now }
    }

    /// What the time has come for, if anything.
    package mutating func tick(at now: Instant) -> Step {
        guard let due, now >= due.at else { return .nothing }
        switch due.alarm {
        case .hello: return end("HELLO_MISSING", "no Hello came")
        case .frame: return end("FRAME_SLOW", "the rest of a frame did not come")
        case .stuck: return abandon()
        case .announced: return drain()
        case .silence: return .send(ping(at: now))
        case .dead: return end("PEER_SILENT", "nothing came, not even a Pong")
        case .idle: return end("IDLE", "no call for \(WireLimits.idleMax)")
        }
    }

    /// When to ask `tick` again; nil for never.
    package var nextTick: Instant? { due?.at }

    private enum Alarm { case hello, frame, stuck, announced, silence, dead, idle }

    private var due: (at: Instant, alarm: Alarm)? {
        if phase == .closing { return nil }
        if phase == .awaitingHello {
            guard ProtocolTooth.helloWithin.holds else { return nil }
            return (connectedAt + WireLimits.helloWithin, .hello)
        }
        var first: (at: Instant, alarm: Alarm)?
        func consider(_ since: Instant?, _ wait: Duration, _ alarm: Alarm) {
            guard let since else { return }
            let at = since + wait
            if at < first?.at ?? at + .seconds(1) { first = (at, alarm) }
        }
        if pausedSince != nil {
            consider(pausedSince, WireLimits.stuckMax, .stuck)
        } else {
            if ProtocolTooth.frameWithin.holds {
                consider(frameSince, WireLimits.frameWithin, .frame)
            }
            if let pingedAt {
                consider(pingedAt, WireLimits.pongWithin, .dead)
            } else {
                consider(heardAt, WireLimits.pingAfter, .silence)
            }
        }
        if phase == .announced { consider(announcedAt, WireLimits.announcedFor, .announced) }
        if phase == .open { consider(idleSince, WireLimits.idleMax, .idle) }
        return first
    }

    private mutating func ping(at now: Instant) -> Frame {
        pinged += 1
        pingedAt = now
        return .ping(token: pinged)
    }

    private mutating func abandon() -> Step {
        phase = .closing
        return .abandon
    }
}

extension Refusal {
    package static let draining = Refusal(
        .draining, "this connection takes no more calls; repeat the call on another one")

    package static let methodForbidden = Refusal(
        .methodForbidden, "this caller may not call this method; Describe says which roles may")

    package static let tooManyCalls = Refusal(
        .tooManyCalls,
        "more than \(WireLimits.callsInFlightMax) calls in flight; wait for a reply first")

    package static let replyTooLong = Refusal(
        .replyTooLong, "the reply is longer than this connection carries; ask for less")
}
