// Certificates and keys in PEM (RFC 7468), several in a file. What reads and makes them comes in.

import SwiftASN1
import X509

enum PEM {
    /// The certificates in a text, in their order; keys between them are passed over.
    static func certificates(_ text: String, of path: String) throws(AccessError) -> [Certificate] {
        do {
            let found = try documents(text).filter {
                $0.discriminator == Certificate.defaultPEMDiscriminator
            }
            guard !found.isEmpty else { throw AccessError(path, "holds no certificate in PEM") }
            return try found.map { try Certificate(pemDocument: $0) }
        } catch let error as AccessError {
            throw error
        } catch {
            throw AccessError(
                path, "holds a certificate that cannot be read; make or fetch it anew")
        }
    }

    /// The one private key in a text, whatever is around it.
    static func privateKey(
        _ text: String, of path: String
    ) throws(AccessError) -> Certificate.PrivateKey {
        do {
            let found = try documents(text).filter { $0.discriminator.hasSuffix("PRIVATE KEY") }
            guard let document = found.first, found.count == 1 else {
                throw AccessError(path, "holds \(found.count) private keys in PEM; it must be one")
            }
            guard document.discriminator != "ENCRYPTED PRIVATE KEY" else {
                throw AccessError(
                    path, "holds a key with a passphrase; take that away: mode 600 guards it")
            }
            return try Certificate.PrivateKey(pemDocument: document)
        } catch let error as AccessError {
            throw error
        } catch {
            throw AccessError(path, "holds a private key that cannot be read; use one for P-256")
        }
    }

    private static func documents(_ text: String) throws -> [PEMDocument] {
        try PEMDocument.parseMultiple(pemString: text)
    }
}
