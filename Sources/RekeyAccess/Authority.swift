import X509

/// An authority, by its name and key: one that was renewed and kept its key is the same one.
struct Authority: Hashable, Sendable {
    private let name: DistinguishedName
    private let key: Certificate.PublicKey

    init(_ certificate: Certificate) {
        name = certificate.subject
        key = certificate.publicKey
    }

    /// Whether it signed this certificate itself, with none between them.
    func signed(_ certificate: Certificate) -> Bool {
        name == certificate.issuer && key.isValidSignature(certificate.signature, for: certificate)
    }
}
