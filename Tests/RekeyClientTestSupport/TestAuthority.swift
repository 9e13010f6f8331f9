// Certificates for tests, made when they are needed, so that none rests in a file until it expires.
// Tests of TLS come in; it touches nothing but what they hand it.

import Crypto
import Foundation
import SwiftASN1
import X509

/// A CA of a test's own.
public struct TestAuthority: Sendable {
    public enum Purpose: Sendable { case server, client }

    private let key = P256.Signing.PrivateKey()
    private let certificate: Certificate

    public init(_ name: String = "a test's CA") throws {
        let subject = try DistinguishedName { CommonName(name) }
        certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: .now - 3600, notValidAfter: .now + 3600, issuer: subject,
            subject: subject, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true))
            }, issuerPrivateKey: .init(key))
    }

    /// In PEM.
    public var pem: String { get throws { try certificate.serializeAsPEM().pemString } }

    /// - Parameters:
    ///   - names: of the DNS; `addresses`: 4 or 16 bytes each; together its alternative names.
    ///   - validFrom: and `validUntil`, in seconds from now.
    public func issue(
        _ purpose: Purpose, names: [String] = [], addresses: [[UInt8]] = [],
        commonName: String = "somebody", validFrom: Double = -3600,
        validUntil: Double = 3600
    ) throws -> TestIdentity {
        let key = P256.Signing.PrivateKey()
        let alternatives =
            names.map { GeneralName.dnsName($0) }
            + addresses.map { GeneralName.ipAddress(ASN1OctetString(contentBytes: $0[...])) }
        let certificate = try Certificate(
            version: .v3, serialNumber: .init(), publicKey: .init(key.publicKey),
            notValidBefore: .now + validFrom, notValidAfter: .now + validUntil,
            issuer: certificate.subject, subject: try DistinguishedName { CommonName(commonName) },
            signatureAlgorithm: .ecdsaWithSHA256,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([purpose == .server ? .serverAuth : .clientAuth])
                if !alternatives.isEmpty { SubjectAlternativeNames(alternatives) }
            }, issuerPrivateKey: .init(self.key))
        return TestIdentity(
            certificate: try certificate.serializeAsPEM().pemString, key: key.pemRepresentation)
    }
}
