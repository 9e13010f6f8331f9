import RekeyWire

/// What a connection tells the pool, on its event loop.
enum ConnectionEvent: Equatable, Sendable {
    /// A call is no longer in flight at the server, or never was.
    case callOver(wasAnswered: Bool)
    /// It takes no further calls; those in flight go on.
    case leaving(Departure)
    /// It is gone.
    case ended
}

/// Why a connection takes no further calls.
enum Departure: Equatable, Sendable {
    /// The server had no use for it: another one can be opened at once.
    case idle
    /// The server stops, or has no room: it is left alone for a while.
    case refused

    init(_ goAway: GoAway) {
        self = goAway.reason.utf8.elementsEqual("IDLE".utf8) ? .idle : .refused
    }
}
