import Glibc
import RekeyCore

extension Origin {
    /// What limits count as one origin: an IPv4 address, or the first 64 bits of an IPv6 address, which
    /// one line of one customer has all to itself (R92). An IPv4 address in IPv6's clothes (RFC 4291,
    /// section 2.5.5.2) is the IPv4 address. nil where the caller states none.
    var network: [UInt8]? {
        guard !address.isEmpty else { return nil }
        var v4 = in_addr()
        if inet_pton(AF_INET, address, &v4) == 1 { return withUnsafeBytes(of: v4, Array.init) }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, address, &v6) == 1 else { return nil }
        let bytes = withUnsafeBytes(of: v6, Array.init)
        return Array(bytes.starts(with: Self.mapped) ? bytes.suffix(4) : bytes.prefix(8))
    }

    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
}
