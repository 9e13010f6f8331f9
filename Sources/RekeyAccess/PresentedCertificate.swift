import Foundation
public import RekeyCore
import SwiftASN1
import X509

/// A caller's certificate as a handshake proved it: whose it is, until when.
public struct PresentedCertificate: Sendable {
    public let fingerprint: Fingerprint
    /// DNS names and URIs among its alternative names, or its common name where it has neither.
    public let names: [String]
    public let validFrom: Timestamp
    public let validUntil: Timestamp
    /// Whoever may stand behind it; none where no handshake proved it.
    let authorities: Set<Authority>

    /// nil for bytes that are no certificate.
    ///
    /// - Parameter authorities: those that the handshake verified it by.
    public init?(der: [UInt8], verifiedBy authorities: Authorities? = nil) {
        guard let certificate = try? Certificate(derEncoded: der) else { return nil }
        self.init(
            certificate, fingerprint: Fingerprint(of: der),
            authorities: authorities?.behind(certificate) ?? [])
    }

    init(_ certificate: Certificate) throws(AccessError) {
        self.init(certificate, fingerprint: try Fingerprint(of: certificate), authorities: [])
    }

    private init(
        _ certificate: Certificate, fingerprint: Fingerprint, authorities: Set<Authority>
    ) {
        self.fingerprint = fingerprint
        self.authorities = authorities
        validFrom = certificate.notValidBefore.timestamp
        validUntil = certificate.notValidAfter.timestamp
        let alternatives = certificate.alternativeNames.compactMap { name -> String? in
            switch name {
            case .dnsName(let name), .uniformResourceIdentifier(let name): name
            default: nil
            }
        }
        names = alternatives.isEmpty ? certificate.commonNames : alternatives
    }
}

extension Certificate {
    var alternativeNames: [GeneralName] {
        (try? extensions.subjectAlternativeNames).map { $0.map(Array.init) ?? [] } ?? []
    }

    fileprivate var commonNames: [String] {
        subject.flatMap { $0 }.filter { $0.type == .RDNAttributeType.commonName }
            .compactMap { String($0.value) }
    }
}

extension Date {
    var timestamp: Timestamp { Timestamp(milliseconds: Int64(timeIntervalSince1970 * 1000)) }

    init(_ time: Timestamp) {
        self.init(timeIntervalSince1970: Double(time.milliseconds) / 1000)
    }
}
