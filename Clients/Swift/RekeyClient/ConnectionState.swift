import RekeyWire

/// Where a client's connection stands. Pure: it says what to do and does nothing itself.
///
/// | state | Hello | Response | GoAway | end of the connection |
/// |---|---|---|---|---|
/// | awaiting Hello | open, or give up | give up | give up | cannot connect |
/// | open | give up | answer its call | leaving | all calls: outcome unknown |
/// | leaving | give up | answer its call, the last one ends it | – | all calls: outcome unknown |
/// | ended | – | – | – | – |
///
/// A server that stops sends two GoAways (P7.4): the first announces and names no call, the second
/// draws the line. Both lead to *leaving*, and each fails the calls above its `last_call_id`.
struct ConnectionState {
    private enum Phase: Equatable { case awaitingHello, open, leaving, ended }

    private var phase = Phase.awaitingHello
    private var lastCallID: UInt64 = 0
    /// Calls that somebody waits for.
    private var waiting: Set<UInt64> = []
    /// Calls that nobody waits for any more. A Cancel does not end them: they count at the server
    /// until they are answered (P4.5).
    private var givenUp: Set<UInt64> = []
    /// Why no further call is taken; for the message of those that come all the same.
    private var ending = "the connection has ended"
    /// What the server reads behind a length, at most.
    private(set) var requestFrameBytesMax = 0
    /// Calls that may be in flight at once.
    private(set) var callsMax = 0

    var isEnded: Bool { phase == .ended }
    /// The server owes an answer.
    var isOwed: Bool { !waiting.isEmpty || !givenUp.isEmpty }

    /// Throws when the two sides have no version in common.
    mutating func receive(_ hello: Hello) throws(ClientError) {
        guard phase == .awaitingHello else { throw .protocolBroken("a second Hello") }
        guard hello.versions.contains(WireLimits.version) else {
            throw ClientError(
                .cannotConnect,
                "the server speaks versions \(hello.versions.lowerBound) to "
                    + "\(hello.versions.upperBound) of the protocol and this client version "
                    + "\(WireLimits.version) only; install a client that fits")
        }
        // 0 says nothing (P3.4).
        let bytes = hello.requestFrameBytesMax
        requestFrameBytesMax =
            bytes == 0
            ? WireLimits.requestFrameBytesMax : min(bytes, WireLimits.requestFrameBytesMax)
        callsMax = hello.callsMax == 0 ? WireLimits.callsInFlightMax : hello.callsMax
        phase = .open
    }

    /// A new call: its id, above every id before it.
    mutating func start() throws(ClientError) -> UInt64 {
        guard phase == .open else { throw .lost(outcomeUnknown: false, ending) }
        lastCallID += 1
        waiting.insert(lastCallID)
        return lastCallID
    }

    /// A call that got its id was not sent after all.
    mutating func withdraw(_ callID: UInt64) { waiting.remove(callID) }

    /// Whose answer it is.
    enum Answered: Equatable {
        case waiting
        /// A call's that was given up.
        case late
        /// Of a call that is over.
        case ignored
    }

    mutating func receiveResponse(_ callID: UInt64) throws(ClientError) -> Answered {
        guard phase == .open || phase == .leaving, callID >= 1, callID <= lastCallID
        else { throw .protocolBroken("a Response to a call that was never made") }
        if waiting.remove(callID) != nil { return .waiting }
        return givenUp.remove(callID) != nil ? .late : .ignored
    }

    /// The caller no longer waits. True when the server is to be told.
    mutating func giveUp(_ callID: UInt64) -> Bool {
        guard waiting.remove(callID) != nil, phase == .open || phase == .leaving else {
            return false
        }
        givenUp.insert(callID)
        return true
    }

    /// What a GoAway came to.
    struct Farewell {
        /// The calls that the server did not process, and somebody waits for.
        var unprocessed: [UInt64]
        var error: ClientError
        /// Calls that are no longer in flight at the server.
        var over: Int
        /// Nil when an earlier GoAway said so already.
        var departure: Departure?
    }

    /// The server takes no more, or soon will not.
    mutating func receive(_ goAway: GoAway) throws(ClientError) -> Farewell {
        let why = "the server ended the connection (\(goAway.reason): \(goAway.message))"
        guard phase != .awaitingHello else { throw ClientError(.cannotConnect, why) }
        let departure = phase == .open ? Departure(goAway) : nil
        if phase == .open { phase = .leaving }
        ending = why
        let unprocessed = waiting.filter { $0 > goAway.lastCallID }
        let forgotten = givenUp.filter { $0 > goAway.lastCallID }
        waiting.subtract(unprocessed)
        givenUp.subtract(forgotten)
        return Farewell(
            unprocessed: unprocessed.sorted(), error: .lost(outcomeUnknown: false, why),
            over: unprocessed.count + forgotten.count, departure: departure)
    }

    /// True when the connection has nothing left to wait for.
    var isDrained: Bool { phase == .leaving && waiting.isEmpty }

    /// The connection is gone. Returns the calls that were under way, with their error.
    mutating func end() -> (calls: [UInt64], ClientError) {
        phase = .ended
        defer {
            waiting.removeAll()
            givenUp.removeAll()
        }
        return (waiting.sorted(), .lost(outcomeUnknown: true, ending))
    }
}

extension ClientError {
    static func protocolBroken(_ what: String) -> ClientError {
        ClientError(
            .connectionLost(outcomeUnknown: true),
            "the server broke the protocol (\(what)): whether the call was done is not known; "
                + "is this a rekeyd?")
    }
}
