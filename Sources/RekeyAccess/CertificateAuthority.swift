// The private authority of an installation: signs the server's certificate and its callers'. `rekeyd init`
// makes one, `rekeyd cert` uses it; a company with an authority of its own has none. Touches no file but
// the two that it is told.

import Crypto
import Foundation
public import RekeyCore
import SwiftASN1
import X509

/// P-256 throughout: what every TLS library verifies by default.
public struct CertificateAuthority: Sendable {
    private let certificate: Certificate
    private let key: Certificate.PrivateKey

    /// How long what it signs is good.
    static let life: Duration = .hours(90 * 24)
    private static let ownLife: Duration = .hours(10 * 365 * 24)
    /// Clocks of callers may be this far behind.
    private static let clockAllowance: Duration = .hours(1)

    /// A new one, in two files that must not exist yet.
    public static func create(
        certificate path: String, key keyPath: String, at now: Timestamp
    ) throws(AccessError) -> CertificateAuthority {
        for path in [path, keyPath] where AccessFile.exists(path) {
            throw AccessError(path, "is there already, and an authority is never overwritten")
        }
        let key = P256.Signing.PrivateKey()
        // Two authorities that bear one name would be taken for each other in a bundle.
        let number = Certificate.SerialNumber().bytes.prefix(4)
            .map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let name = try distinguishedName("Rekey authority \(number)")
        let authority = try make(keyPath) {
            let privateKey = Certificate.PrivateKey(key)
            let certificate = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: privateKey.publicKey,
                notValidBefore: Date(now - clockAllowance), notValidAfter: Date(now + ownLife),
                issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                    Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                    SubjectKeyIdentifier(hash: privateKey.publicKey)
                },
                issuerPrivateKey: privateKey)
            return CertificateAuthority(certificate: certificate, key: privateKey)
        }
        try AccessFile.replace(keyPath, with: key.pemRepresentation + "\n", mode: 0o600)
        try AccessFile.replace(path, with: try authority.pem(), mode: 0o644)
        return authority
    }

    /// The one in these files.
    public static func load(
        certificate path: String, key keyPath: String, at now: Timestamp
    ) throws(AccessError) -> CertificateAuthority {
        guard AccessFile.exists(keyPath) else {
            throw AccessError(
                keyPath,
                "is missing, so certificates come from elsewhere: ask your authority for one, and "
                    + "name its owner in tls.callers")
        }
        let certificates = try PEM.certificates(try AccessFile.read(path, .trusted), of: path)
        let key = try PEM.privateKey(try AccessFile.read(keyPath, .secret), of: keyPath)
        guard let own = certificates.first(where: { $0.publicKey == key.publicKey }) else {
            throw AccessError(keyPath, "is not the key of an authority in \(path)")
        }
        guard now < own.notValidAfter.timestamp else {
            throw AccessError(
                path,
                "has expired on \(own.notValidAfter.timestamp.day): 'rekeyd init' makes another one in "
                    + "a folder of its own; put its tls/ca.pem and tls/ca.key here, and issue all "
                    + "certificates anew")
        }
        return CertificateAuthority(certificate: own, key: key)
    }

    /// Its certificate in PEM.
    func pem() throws(AccessError) -> String {
        let certificate = certificate
        return try Self.make("the authority") { try certificate.serializeAsPEM().pemString + "\n" }
    }

    /// A certificate and its key, together in PEM.
    struct Issued {
        let certificate: Certificate
        let certificatePEM: String
        let keyPEM: String

        /// Both, for one file.
        var identityPEM: String { keyPEM + "\n" + certificatePEM + "\n" }
    }

    /// For a server that is reached by these names and addresses.
    func issue(server names: [GeneralName], at now: Timestamp) throws(AccessError) -> Issued {
        try issue("Rekey server", names, .serverAuth, at: now)
    }

    /// For a caller.
    func issue(caller name: String, at now: Timestamp) throws(AccessError) -> Issued {
        try issue(name, [.dnsName(name)], .clientAuth, at: now)
    }

    private func issue(
        _ name: String, _ alternatives: [GeneralName], _ usage: ExtendedKeyUsage.Usage,
        at now: Timestamp
    ) throws(AccessError) -> Issued {
        let subject = try Self.distinguishedName(name)
        let authority = certificate
        let authorityKey = self.key
        return try Self.make(name) {
            let key = P256.Signing.PrivateKey()
            let publicKey = Certificate.PrivateKey(key).publicKey
            let certificate = try Certificate(
                version: .v3, serialNumber: .init(), publicKey: publicKey,
                notValidBefore: Date(now - Self.clockAllowance),
                notValidAfter: min(Date(now + Self.life), authority.notValidAfter),
                issuer: authority.subject, subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
                extensions: try Certificate.Extensions {
                    Critical(BasicConstraints.notCertificateAuthority)
                    Critical(KeyUsage(digitalSignature: true))
                    try ExtendedKeyUsage([usage])
                    SubjectAlternativeNames(alternatives)
                    SubjectKeyIdentifier(hash: publicKey)
                    AuthorityKeyIdentifier(
                        keyIdentifier: SubjectKeyIdentifier(hash: authority.publicKey).keyIdentifier
                    )
                },
                issuerPrivateKey: authorityKey)
            return Issued(
                certificate: certificate,
                certificatePEM: try certificate.serializeAsPEM().pemString,
                keyPEM: key.pemRepresentation)
        }
    }

    private static func distinguishedName(_ name: String) throws(AccessError) -> DistinguishedName {
        try make(name) { try DistinguishedName { CommonName(name) } }
    }

    private static func make<Value>(
        _ what: String, _ body: () throws -> Value
    ) throws(AccessError) -> Value {
        do {
            return try body()
        } catch {
            throw AccessError(what, "cannot be made: \(error)")
        }
    }
}
