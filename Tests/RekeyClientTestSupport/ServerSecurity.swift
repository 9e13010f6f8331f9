import NIOSSL

/// How a scripted server speaks.
public struct ServerSecurity: Sendable {
    let context: NIOSSLContext?

    public static let plaintext = ServerSecurity(context: nil)

    /// - Parameters:
    ///   - clients: the CA that a client's certificate must be of.
    ///   - isOld: TLS 1.2 and nothing newer.
    public static func tls(
        _ identity: TestIdentity, clients: TestAuthority, isOld: Bool = false
    ) throws -> ServerSecurity {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array(identity.certificate.utf8))
        let key = try NIOSSLPrivateKey(bytes: Array(identity.key.utf8), format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = isOld ? .tlsv12 : .tlsv13
        configuration.maximumTLSVersion = isOld ? .tlsv12 : .tlsv13
        // Of clients: a certificate of this CA, or the handshake fails.
        configuration.certificateVerification = .noHostnameVerification
        configuration.trustRoots = .certificates(
            try NIOSSLCertificate.fromPEMBytes(Array(try clients.pem.utf8)))
        return ServerSecurity(context: try NIOSSLContext(configuration: configuration))
    }
}
