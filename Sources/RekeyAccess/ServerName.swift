import Glibc
import SwiftASN1
import X509

/// What a server is reached by: a host name, or an address of four or sixteen bytes.
struct ServerName {
    let generalName: GeneralName

    /// - Throws: for what is neither.
    init(_ text: String) throws(AccessError) {
        if let address = Self.bytes(text, AF_INET, 4) ?? Self.bytes(text, AF_INET6, 16) {
            generalName = .ipAddress(ASN1OctetString(contentBytes: address[...]))
        } else if Self.isHostName(text) {
            generalName = .dnsName(text.lowercased())
        } else {
            throw AccessError("\"\(text)\"", "is neither a host name nor an address")
        }
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
