import Glibc
import NIOSSL

/// What a handshake that failed means to whoever has to put it right. NIOSSL hands BoringSSL's errors on
/// as text alone; the names in it are BoringSSL's own and stable.
enum TLSFault {
    /// - Parameters:
    ///   - error: from the pipeline, before the server's Hello.
    ///   - host: as the caller named the server.
    ///   - certificate: the server's, as far as it came.
    /// - Returns: nil for what is no more than an end of the connection.
    static func meaning(
        of error: any Error, host: String, certificate: NIOSSLCertificate?
    ) -> ClientError? {
        switch error {
        case NIOSSLError.handshakeFailed(.sslError(let stack)), BoringSSLError.sslError(let stack):
            stack.contains(.eofDuringHandshake)
                ? ClientError(
                    .cannotConnect, "the server ended the connection within the handshake")
                : meaning(stack.map(\.description).joined(separator: "; "), certificate)
        // What NIOSSL has to say of names, and no more than that.
        case is NIOSSLExtraError, NIOSSLError.unableToValidateCertificate: wrongName(host)
        case NIOSSLError.handshakeFailed:
            ClientError(.cannotConnect, "the TLS handshake failed: \(error)")
        default: nil
        }
    }

    static func wrongName(_ host: String) -> ClientError {
        ClientError(
            .serverUntrusted,
            "the server's certificate is not for '\(host)'; name the server as its certificate does, "
                + "or give it one for this name")
    }

    private static func meaning(
        _ text: String, _ certificate: NIOSSLCertificate?
    ) -> ClientError {
        if text.utf8.contains("CERTIFICATE_VERIFY_FAILED".utf8) { return untrusted(certificate) }
        if let alert = refusals.first(where: { text.utf8.contains("ALERT_\($0.name)".utf8) }) {
            return ClientError(
                .callerRefused,
                "the server does not take this certificate (\(alert.meaning)); "
                    + "get another one: rekeyd cert issue, or rekeyd cert renew")
        }
        let meaning =
            others.first { text.utf8.contains($0.name.utf8) }?.meaning
            ?? "the TLS handshake failed: \(text)"
        return ClientError(.cannotConnect, meaning)
    }

    private static func untrusted(_ certificate: NIOSSLCertificate?) -> ClientError {
        let now = time(nil)
        let why =
            switch certificate {
            case let certificate? where certificate.notValidAfter < now:
                "expired on \(UTCDate.text(certificate.notValidAfter)); it must be renewed there"
            case let certificate? where certificate.notValidBefore > now:
                "is valid from \(UTCDate.text(certificate.notValidBefore)) on; is the clock right?"
            default:
                "is not a server's of the CA that this client was given; is it the right server, and "
                    + "the right ca.pem?"
            }
        return ClientError(.serverUntrusted, "the server's certificate \(why)")
    }

    /// The alerts that are about a client's certificate (RFC 8446, section 6.2).
    private static let refusals: [(name: String, meaning: String)] = [
        ("CERTIFICATE_REQUIRED", "it wants one"),
        ("CERTIFICATE_EXPIRED", "it has expired, by the server's clock"),
        ("CERTIFICATE_REVOKED", "it was taken back"),
        ("UNKNOWN_CA", "another CA signed it"),
        ("ACCESS_DENIED", "access denied"),
        ("UNSUPPORTED_CERTIFICATE", "it is not for clients"),
        ("BAD_CERTIFICATE", "it is not valid there"),
        ("CERTIFICATE_UNKNOWN", "it is not valid there"),
    ]

    private static let others: [(name: String, meaning: String)] = [
        ("PROTOCOL_VERSION", "the server does not speak TLS 1.3"),
        ("UNSUPPORTED_PROTOCOL", "the server does not speak TLS 1.3"),
        (
            "WRONG_VERSION_NUMBER",
            "the server does not speak TLS; was it started with --listen-plaintext-on-loopback?"
        ),
    ]
}

extension String.UTF8View {
    fileprivate func contains(_ part: String.UTF8View) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
