import Glibc
import NIOCore
import NIOSSL
import RekeyCore

/// What a client proves itself by, and what it believes of a server: two files, read again for each
/// connection, so that a renewal needs no restart.
public struct Credentials: Hashable, Sendable {
    /// Certificates of the CAs that may have signed a server's, in PEM; no others are believed.
    public var ca: String
    /// The caller's private key and its chain of certificates, its own first, in PEM. Only its owner
    /// may read it.
    public var identity: String

    public init(ca: String, identity: String) {
        self.ca = ca
        self.identity = identity
    }

    /// TLS 1.3 with both, and nothing of the system's.
    ///
    /// - Throws: `.profileInvalid`, which names the file.
    func context() throws(ClientError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv13
        configuration.certificateVerification = .fullVerification
        configuration.trustRoots = .certificates(try authorities())
        // A server that ends reads on for as long (P7.3).
        configuration.shutdownTimeout = .seconds(1)
        try ProfileFile.read(identity, isSecret: true) { bytes throws(ClientError) in
            let chain = try certificates(bytes, identity)
            try judgeTimes(chain[0], identity)
            configuration.certificateChain = chain.map { .certificate($0) }
            configuration.privateKey = .privateKey(try key(bytes))
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .profileInvalid(
                "the private key in \(identity) is not that of the first certificate in it; "
                    + "write both anew: rekeyd cert renew")
        }
    }

    private func authorities() throws(ClientError) -> [NIOSSLCertificate] {
        try ProfileFile.read(ca) { bytes throws(ClientError) in try certificates(bytes, ca) }
    }

    private func certificates(
        _ bytes: [UInt8], _ path: String
    ) throws(ClientError) -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw .profileInvalid("\(path) holds no certificate, or a damaged one, in PEM")
        }
    }

    private func key(_ bytes: [UInt8]) throws(ClientError) -> NIOSSLPrivateKey {
        do {
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem)
        } catch {
            throw .profileInvalid("\(identity) holds no private key in PEM, or one with a password")
        }
    }

    private func judgeTimes(
        _ certificate: NIOSSLCertificate, _ path: String
    ) throws(ClientError) {
        let now = time(nil)
        guard now <= certificate.notValidAfter else {
            throw .profileInvalid(
                "the certificate in \(path) expired on \(UTCDate.text(certificate.notValidAfter)); "
                    + "renew it: rekeyd cert renew")
        }
        guard now >= certificate.notValidBefore else {
            throw .profileInvalid(
                "the certificate in \(path) is valid from "
                    + "\(UTCDate.text(certificate.notValidBefore)) on; is the clock right?")
        }
    }
}
