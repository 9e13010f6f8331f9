import Glibc
import SwiftASN1
import X509

/// What a server is reached by: a host name, or an address of four or sixteen bytes.
struct ServerName {
    let generalName: GeneralName
    /// As people write it: an IPv6 address without brackets.
    let text: String

    /// - Throws: for what is neither.
    init(_ text: String) throws(AccessError) {
        if let address = Self.bytes(text, AF_INET, 4) ?? Self.bytes(text, AF_INET6, 16) {
            generalName = .ipAddress(ASN1OctetString(contentBytes: address[...]))
            self.text = text
        } else if Self.isHostName(text) {
            self.text = text.lowercased()
            generalName = .dnsName(self.text)
        } else {
            throw AccessError("\"\(text)\"", "is neither a host name nor an address")
        }
    }

    /// As a certificate has it; nil for a pattern, and for what is no name of a server.
    init?(_ name: GeneralName) {
        switch name {
        case .dnsName(let host) where Self.isHostName(host): text = host.lowercased()
        case .ipAddress(let address):
            guard let written = Self.text(Array(address.bytes)) else { return nil }
            text = written
        default: return nil
        }
        generalName = name
    }

    private static func text(_ address: [UInt8]) -> String? {
        let family = [4: AF_INET, 16: AF_INET6][address.count]
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard let family,
            inet_ntop(family, address, &text, socklen_t(text.count)) != nil
        else { return nil }
        return String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func bytes(_ text: String, _ family: Int32, _ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }

    /// Labels of letters, digits and inner hyphens (RFC 1123, section 2.1).
    static func isHostName(_ text: String) -> Bool {
        (1...253).contains(text.utf8.count)
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
                    && label.utf8.allSatisfy {
                        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                            || $0 == UInt8(ascii: "-")
                    }
            }
    }
}
