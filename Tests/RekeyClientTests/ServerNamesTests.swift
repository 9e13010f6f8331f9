import Testing

@testable import RekeyClient

@Suite("The names in a server's certificate")
struct ServerNamesTests {
    private static func names(_ dns: [String], _ addresses: [[UInt8]] = []) -> ServerNames {
        ServerNames(dns: dns.map { Array($0.utf8) }, addresses: addresses)
    }

    @Test(
        "R77: are for the host that is one of them, or that a '*' stands in for",
        arguments: [
            ("rekey.example", ["a.example", "rekey.example"]), ("REKEY.example", ["rekey.EXAMPLE"]),
            ("a.rekey.example", ["*.rekey.example"]),
        ])
    func good(_ host: String, _ dns: [String]) { #expect(Self.names(dns).contain(host)) }

    @Test(
        "R77: are for no other, however near",
        arguments: [
            ("rekey.example", []), ("rekey.example", ["rekey.example.org", "xrekey.example"]),
            ("rekey.example", ["*.rekey.example"]), ("a.b.rekey.example", ["*.rekey.example"]),
            ("ab.rekey.example", ["a*.rekey.example"]), ("rekey", ["*"]),
            ("a.rekey.example", ["a.*.example", "*.*.example"]),
            (".rekey.example", ["*.rekey.example"]),
            ("127.0.0.1", ["127.0.0.1", "*.0.0.1"]),
        ])
    func others(_ host: String, _ dns: [String]) { #expect(!Self.names(dns).contain(host)) }

    @Test("R77: an address is one of the addresses, byte for byte, and stands for no name")
    func addresses() {
        let v6 = [UInt8](repeating: 0, count: 15) + [1]
        let names = Self.names([], [[127, 0, 0, 1], v6])
        #expect(names.contain("127.0.0.1") && names.contain("::1") && names.contain("0:0::1"))
        #expect(!names.contain("127.0.0.2") && !names.contain("::2") && !names.contain("localhost"))
    }
}
