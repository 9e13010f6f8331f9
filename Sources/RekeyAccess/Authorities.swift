public import RekeyCore
import SwiftASN1
import X509

/// Whose signatures a server believes.
public struct Authorities: Sendable {
    /// Each in PEM.
    public let pem: [String]
    /// When the first of them ends.
    public let validUntil: Timestamp
    private let all: Set<Authority>
    /// Those that stand on their own: a chain ends at one of these.
    private let roots: Set<Authority>

    /// - Parameter now: the wall clock.
    /// - Throws: for one that may sign nothing, is over or has not begun.
    init(file path: String, at now: Timestamp) throws(AccessError) {
        let certificates = try PEM.certificates(
            try AccessFile.read(path, .trusted), of: path)
        for certificate in certificates { try Self.check(certificate, path, at: now) }
        do {
            pem = try certificates.map { try $0.serializeAsPEM().pemString }
        } catch {
            throw AccessError(path, "cannot be used: \(error)")
        }
        // There is one at least.
        validUntil = certificates.map(\.notValidAfter.timestamp).min() ?? now
        all = Set(certificates.map(Authority.init))
        roots = Set(certificates.filter { $0.issuer == $0.subject }.map(Authority.init))
    }

    private static func check(
        _ certificate: Certificate, _ path: String, at now: Timestamp
    ) throws(AccessError) {
        guard case .isCertificateAuthority = try? certificate.extensions.basicConstraints else {
            throw AccessError(
                path,
                "holds a certificate that may sign no other; name the authority's own, not one "
                    + "that it signed")
        }
        guard now < certificate.notValidAfter.timestamp else {
            throw AccessError(
                path,
                "holds an authority that has expired on \(certificate.notValidAfter.timestamp.day): "
                    + "take it out, and put in the one that came after it")
        }
        guard now >= certificate.notValidBefore.timestamp else {
            throw AccessError(
                path,
                "holds an authority that is not valid before "
                    + "\(certificate.notValidBefore.timestamp.day): set the clock right, or wait")
        }
    }

    /// Who may stand behind a certificate that a handshake verified by these: the one that signed
    /// it, or all of them where others are in between, since a handshake does not tell those.
    func behind(_ certificate: Certificate) -> Set<Authority> {
        roots.first { $0.signed(certificate) }.map { [$0] } ?? all
    }

    /// Whether all that may stand behind a certificate are still believed. Where that is not so,
    /// only another handshake can tell what the certificate is worth.
    public func vouch(for certificate: PresentedCertificate) -> Bool {
        certificate.authorities.isSubset(of: all)
    }
}
