/// The folder by which a client finds its servers and proves itself, as `rekeyd init` and `rekeyd cert
/// issue` make it:
///
///     server        HOST:PORT, one a line; several stand in for each other
///     ca.pem        the CA that a server's certificate must be signed by
///     identity.pem  the caller's private key and its chain of certificates, mode 0600
public struct ClientProfile: Hashable, Sendable {
    /// Where its servers are, and what they are shown.
    public let servers: [ServerAddress]

    /// Reads it and judges all of it, so that what is wrong is said before anything is sent.
    ///
    /// - Parameter servers: "HOST:PORT" each, in place of those that the folder names.
    /// - Throws: `.profileInvalid`, which names the file and says what to do; `.addressInvalid`.
    public init(folder: String, servers: [String]? = nil) throws(ClientError) {
        let credentials = Credentials(
            ca: "\(folder)/ca.pem", identity: "\(folder)/identity.pem")
        _ = try credentials.context()
        var addresses: [ServerAddress] = []
        let named = if let servers { servers } else { try Self.servers("\(folder)/server") }
        for text in named {
            addresses.append(try .tls(text, credentials))
        }
        self.servers = addresses
    }

    private static func servers(_ path: String) throws(ClientError) -> [String] {
        let text = try ProfileFile.read(path) { bytes in String(decoding: bytes, as: UTF8.self) }
        let lines = text.split(whereSeparator: \.isWhitespace).map(String.init)
        guard !lines.isEmpty else {
            throw .profileInvalid("\(path) names no server; write HOST:PORT, one a line")
        }
        return lines
    }
}
