public import RekeyCore
import SwiftASN1
import X509

/// The files that say who the server is and who may come in.
public struct AccessFiles: Sendable {
    public let certificate: String
    public let key: String
    public let authority: String
    public let callers: String
    public let revoked: String

    /// - Parameters:
    ///   - certificate, key: the server's own, in PEM; they may be one file.
    ///   - authority: the certificates that callers' must be signed by, in PEM.
    ///   - callers: see `Callers`.
    ///   - revoked: see `Revocations`.
    public init(
        certificate: String, key: String, authority: String, callers: String, revoked: String
    ) {
        self.certificate = certificate
        self.key = key
        self.authority = authority
        self.callers = callers
        self.revoked = revoked
    }

    /// Who the server is, whether or not its time is over.
    public func identity() throws(AccessError) -> Identity {
        try Identity(certificate: certificate, key: key)
    }

    /// Who the server is.
    ///
    /// - Parameter now: the wall clock.
    public func identity(at now: Timestamp) throws(AccessError) -> Identity {
        let identity = try identity()
        try identity.check(at: now)
        return identity
    }

    public func access() throws(AccessError) -> Access {
        try Access(callers: callers, revoked: revoked)
    }

    /// The authorities, each in PEM.
    ///
    /// - Throws: for one that may sign nothing, or is over.
    public func authorities(at now: Timestamp) throws(AccessError) -> [String] {
        let certificates = try PEM.certificates(try AccessFile.read(authority), of: authority)
        var texts: [String] = []
        for certificate in certificates {
            guard case .isCertificateAuthority = try? certificate.extensions.basicConstraints else {
                throw AccessError(
                    authority,
                    "holds a certificate that may sign no other; name the authority's own, not one "
                        + "that it signed")
            }
            guard now < certificate.notValidAfter.timestamp else {
                throw AccessError(
                    authority,
                    "holds an authority that has expired on \(certificate.notValidAfter.timestamp.day)"
                )
            }
            guard let text = try? certificate.serializeAsPEM().pemString else {
                throw AccessError(authority, "cannot be used")
            }
            texts.append(text)
        }
        return texts
    }
}
