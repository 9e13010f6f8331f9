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
    /// The server does not take this caller (P10.4): somebody has to act.
    case unwelcome(ClientError)

    init(_ goAway: GoAway) {
        switch goAway.reason {
        case "IDLE": self = .idle
        case "CALLER_UNKNOWN", "CERTIFICATE_REVOKED", "CERTIFICATE_EXPIRED":
            self = .unwelcome(
                ClientError(
                    .callerRefused,
                    "the server does not take this caller (\(goAway.reason): \(goAway.message))"))
        default: self = .refused
        }
    }
}
