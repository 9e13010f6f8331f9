import RekeyWire

/// Where a client's connection stands. Pure: it says what to do and does nothing itself.
///
/// | state | Hello | Response | GoAway | end of the connection |
/// |---|---|---|---|---|
/// | awaiting Hello | open, or give up | give up | give up | cannot connect |
/// | open | give up | answer its call | draining | all calls: outcome unknown |
/// | draining | give up | answer its call, the last one ends it | – | all calls: outcome unknown |
/// | ended | – | – | – | – |
struct ConnectionState {
    private enum Phase: Equatable { case awaitingHello, open, draining, ended }

    private var phase = Phase.awaitingHello
    private var lastCallID: UInt64 = 0
    private var inFlight: Set<UInt64> = []
    /// Why no further call is taken; for the message of those that come all the same.
    private var ending = "the connection has ended"
    /// What the server reads behind a length, at most.
    private(set) var requestFrameBytesMax = 0

    var isOpen: Bool { phase == .open }
    var isEnded: Bool { phase == .ended }

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
        requestFrameBytesMax = min(hello.requestFrameBytesMax, WireLimits.requestFrameBytesMax)
        phase = .open
    }

    /// A new call: its id, above every id before it.
    mutating func start() throws(ClientError) -> UInt64 {
        guard phase == .open else { throw .lost(outcomeUnknown: false, ending) }
        lastCallID += 1
        inFlight.insert(lastCallID)
        return lastCallID
    }

    /// Whose answer it is; nil when nobody waits for it any more.
    mutating func receiveResponse(_ callID: UInt64) throws(ClientError) -> UInt64? {
        guard phase == .open || phase == .draining, callID >= 1, callID <= lastCallID
        else { throw .protocolBroken("a Response to a call that was never made") }
        return inFlight.remove(callID)
    }

    /// The caller no longer waits. True when the server is to be told.
    mutating func giveUp(_ callID: UInt64) -> Bool {
        inFlight.remove(callID) != nil && (phase == .open || phase == .draining)
    }

    /// The server takes no more. Returns the calls that it did not process, with their error.
    mutating func receive(_ goAway: GoAway) throws(ClientError) -> (calls: [UInt64], ClientError) {
        let why = "the server ended the connection (\(goAway.reason): \(goAway.message))"
        guard phase != .awaitingHello else { throw ClientError(.cannotConnect, why) }
        if phase == .open { phase = .draining }
        ending = why
        let unprocessed = inFlight.filter { $0 > goAway.lastCallID }
        inFlight.subtract(unprocessed)
        return (unprocessed.sorted(), .lost(outcomeUnknown: false, why))
    }

    /// True when the connection has nothing left to wait for.
    var isDrained: Bool { phase == .draining && inFlight.isEmpty }

    /// The connection is gone. Returns the calls that were under way, with their error.
    mutating func end() -> (calls: [UInt64], ClientError) {
        phase = .ended
        defer { inFlight.removeAll() }
        return (inFlight.sorted(), .lost(outcomeUnknown: true, ending))
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
