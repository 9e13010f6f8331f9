// Where a server is reached, and what may travel there. Whoever opens a connection comes in; it
// touches nothing.

/// Where to find a server, together with the consent to speak to it without TLS.
///
/// This version has no TLS, so the only addresses it can express are those that never leave the
/// machine (R74).
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    /// An IP literal: a name could be answered from anywhere.
    public let host: String
    public let port: Int

    /// A plaintext connection within this machine, asked for by name.
    ///
    /// - Parameter text: "HOST:PORT", where the host is 127.0.0.0/8, [::1] or localhost, which
    ///   stands for 127.0.0.1.
    /// - Throws: `.addressInvalid` for anything else.
    public static func plaintextOnLoopback(_ text: String) throws(ClientError) -> ServerAddress {
        guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else {
            throw .addressInvalid("'\(text)' has no port; write HOST:PORT, like 127.0.0.1:7350")
        }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = Int(digits), (1...65535).contains(port)
        else {
            throw .addressInvalid("'\(digits)' is no port; write a number from 1 to 65535")
        }
        switch text[..<colon] {
        case "localhost": return ServerAddress(host: "127.0.0.1", port: port)
        case "[::1]": return ServerAddress(host: "::1", port: port)
        case let host where isLoopback(host): return ServerAddress(host: String(host), port: port)
        case let host:
            throw .addressInvalid(
                "'\(host)' is not this machine, and plaintext never leaves it; "
                    + "use 127.0.0.1, [::1] or localhost")
        }
    }

    public var description: String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Four decimal octets, the first 127 (RFC 1122, section 3.2.1.3).
    private static func isLoopback(_ host: Substring) -> Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127"
            && octets.allSatisfy { octet in
                UInt8(octet) != nil && octet.utf8.first != UInt8(ascii: "+")
            }
    }
}
