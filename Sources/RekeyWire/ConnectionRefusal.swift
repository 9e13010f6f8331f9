/// Why a whole connection is not wanted; what its GoAway says.
package enum ConnectionRefusal: String, Sendable {
    case tooManyConnections = "TOO_MANY_CONNECTIONS"
    case callerUnknown = "CALLER_UNKNOWN"
    case certificateRevoked = "CERTIFICATE_REVOKED"
    case authoritiesChanged = "AUTHORITIES_CHANGED"
    case certificateExpired = "CERTIFICATE_EXPIRED"

    var message: String {
        switch self {
        case .tooManyConnections:
            "the server has no room for another connection; use fewer, or try again later"
        case .callerUnknown:
            "the name in this certificate is no caller's here; ask the server's operator"
        case .certificateRevoked:
            "this certificate was taken back; ask the server's operator for another"
        case .authoritiesChanged:
            "an authority that this server trusted is trusted no longer; connect again, and the "
                + "handshake tells whether this certificate is good"
        case .certificateExpired:
            "this certificate has expired; ask the server's operator for another"
        }
    }
}
