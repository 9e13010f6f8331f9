// Where a server is reached, and what may travel there. Whoever opens a connection comes in; it
// touches nothing.

/// Where to find a server, together with what both sides are to prove; or, within this machine and
/// only there, with the consent to speak to it without TLS (R74).
public struct ServerAddress: Hashable, Sendable, CustomStringConvertible {
    enum Security: Hashable {
        case plaintext
        case tls(Credentials)
    }

    /// A name, or an address without brackets; for plaintext never a name, which could be answered
    /// from anywhere.
    public let host: String
    public let port: Int
    let security: Security

    /// A server that proves to be `host`, by a certificate that one of the credentials' CAs signed.
    ///
    /// - Parameter text: "HOST:PORT", where the host is a name in ASCII, an IPv4 address, or an IPv6
    ///   address in brackets.
    /// - Throws: `.addressInvalid` for anything else.
    public static func tls(
        _ text: String, _ credentials: Credentials
    ) throws(ClientError) -> ServerAddress {
        let (written, port) = try split(text)
        let isBracketed = written.hasPrefix("[") && written.hasSuffix("]")
        let host = String(isBracketed ? written.dropFirst().dropLast() : written)
        let isAddress =
            IPAddress.bytes(host) != nil && isBracketed == host.utf8.contains(Self.colon)
        guard isAddress || !isBracketed && isName(host) else {
            throw .addressInvalid(
                "'\(written)' is no host; write a name in ASCII, an IPv4 address, or an IPv6 address "
                    + "in brackets")
        }
        return ServerAddress(host: host, port: port, security: .tls(credentials))
    }

    /// A plaintext connection within this machine, asked for by name.
    ///
    /// - Parameter text: "HOST:PORT", where the host is 127.0.0.0/8, [::1] or localhost, which
    ///   stands for 127.0.0.1.
    /// - Throws: `.addressInvalid` for anything else.
    public static func plaintextOnLoopback(_ text: String) throws(ClientError) -> ServerAddress {
        let (host, port) = try split(text)
        switch host {
        case "localhost":
            return ServerAddress(host: "127.0.0.1", port: port, security: .plaintext)
        case "[::1]": return ServerAddress(host: "::1", port: port, security: .plaintext)
        case let host where isLoopback(host):
            return ServerAddress(host: String(host), port: port, security: .plaintext)
        case let host:
            throw .addressInvalid(
                "'\(host)' is not this machine, and plaintext never leaves it; "
                    + "use 127.0.0.1, [::1] or localhost")
        }
    }

    public var description: String {
        host.utf8.contains(Self.colon) ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static let colon = UInt8(ascii: ":")

    private static func split(
        _ text: String
    ) throws(ClientError) -> (host: Substring, port: Int) {
        guard let colon = text.utf8.lastIndex(of: colon) else {
            throw .addressInvalid("'\(text)' has no port; write HOST:PORT, like 127.0.0.1:7350")
        }
        let digits = text[text.index(after: colon)...]
        guard digits.utf8.allSatisfy(isDigit), let port = Int(digits), (1...65535).contains(port)
        else {
            throw .addressInvalid("'\(digits)' is no port; write a number from 1 to 65535")
        }
        return (text[..<colon], port)
    }

    /// Four decimal octets, the first 127 (RFC 1122, section 3.2.1.3).
    private static func isLoopback(_ host: Substring) -> Bool {
        let octets = host.split(separator: ".", omittingEmptySubsequences: false)
        return octets.count == 4 && octets[0] == "127"
            && octets.allSatisfy { octet in
                UInt8(octet) != nil && octet.utf8.first != UInt8(ascii: "+")
            }
    }

    /// Labels of letters, digits and hyphens (RFC 1123, section 2.1). One whose last label is a number
    /// would be read as an address by some.
    private static func isName(_ host: String) -> Bool {
        let labels = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return host.utf8.count <= 253 && labels.last.map { !$0.allSatisfy(isDigit) } ?? false
            && labels.allSatisfy { label in
                (1...63).contains(label.count)
                    && label.allSatisfy { isDigit($0) || isLetter($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
