import NIOSSL

/// For whom a server's certificate is: its alternative names, as RFC 9525 has them. A common name does
/// not count, and an address does not stand in for a name.
///
/// NIOSSL's own check is looser: of a server that was named by its name it takes a certificate for the
/// address that the name led to. Whoever forges an answer of the DNS chooses that address.
struct ServerNames {
    var dns: [[UInt8]] = []
    /// 4 or 16 bytes each.
    var addresses: [[UInt8]] = []

    /// - Parameter host: a name in ASCII, or an address without brackets.
    func contain(_ host: String) -> Bool {
        if let address = IPAddress.bytes(host) { return addresses.contains(address) }
        return dns.contains { Self.matches(Array(host.utf8), $0) }
    }

    /// A '*' stands for the whole of the first label, and for nothing else (section 6.3).
    private static func matches(_ host: [UInt8], _ pattern: [UInt8]) -> Bool {
        let host = host.map(lowercased)
        let pattern = pattern.map(lowercased)
        guard pattern.starts(with: "*.".utf8) else { return host == pattern }
        guard let dot = host.firstIndex(of: UInt8(ascii: ".")), dot > 0 else { return false }
        return host[dot...] == pattern[1...]
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}

extension ServerNames {
    init(_ certificate: NIOSSLCertificate) {
        for name in certificate._subjectAlternativeNames() {
            switch name.nameType {
            case .dnsName: dns.append(Array(name.contents))
            case .ipAddress: addresses.append(Array(name.contents))
            default: break
            }
        }
    }
}
