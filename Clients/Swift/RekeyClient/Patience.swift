import RekeyWire

/// How long a connection waits for its server; shorter in tests.
struct Patience: Sendable {
    /// For the connection to be made, and then for its TLS handshake.
    var connectWithin: Duration = .seconds(5)
    var helloWithin = WireLimits.helloWithin
    var pingAfter = WireLimits.pingAfter
    var pongWithin = WireLimits.pongWithin
}
