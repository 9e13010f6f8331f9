public import RekeyCore
import SwiftASN1
import X509

/// What a server proves itself by: its certificate, those between it and its authority, and its key.
public struct Identity: Sendable {
    /// The chain in PEM, the server's own certificate first.
    public let chainPEM: String
    /// Its private key, in PEM: not for a log.
    public let keyPEM: String
    public let validUntil: Timestamp
    private let validFrom: Timestamp
    private let file: String
    /// The host names and addresses that it stands for, one by one: a pattern like *.exemple.fr is
    /// none.
    public let hosts: [String]

    /// - Parameter certificate: a file in PEM; `key` may be the same one.
    /// - Throws: for files that others can read, or that do not match.
    init(certificate: String, key: String) throws(AccessError) {
        let chain = try PEM.certificates(
            try AccessFile.read(certificate, certificate == key ? .secret : .open), of: certificate)
        let privateKey = try PEM.privateKey(
            try AccessFile.read(key, .secret), of: key)
        // There is one at least.
        let leaf = chain[0]
        guard leaf.publicKey == privateKey.publicKey else {
            throw AccessError(key, "is not the key of the certificate in \(certificate)")
        }
        let presented = try PresentedCertificate(leaf)
        do {
            chainPEM = try chain.map { try $0.serializeAsPEM().pemString }.joined(separator: "\n")
            keyPEM = try privateKey.serializeAsPEM().pemString
        } catch {
            throw AccessError(certificate, "cannot be used: \(error)")
        }
        file = certificate
        validFrom = presented.validFrom
        validUntil = presented.validUntil
        hosts = leaf.alternativeNames.compactMap { ServerName($0)?.text }
    }

    /// - Throws: when it is over, or has not begun.
    func check(at now: Timestamp) throws(AccessError) {
        guard now < validUntil else {
            throw AccessError(
                file,
                "has expired on \(validUntil.day): 'rekeyd cert renew server' makes a new one, or ask "
                    + "your authority for one")
        }
        guard now >= validFrom else {
            throw AccessError(
                file, "is not valid before \(validFrom.day): set the clock right, or wait")
        }
    }
}
