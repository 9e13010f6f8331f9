/// A certificate and its private key, in PEM.
public struct TestIdentity: Sendable {
    public let certificate: String
    public let key: String

    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// As an identity.pem holds them.
    public var pem: String { key + "\n" + certificate + "\n" }
}
