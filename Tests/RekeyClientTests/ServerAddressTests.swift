import Testing

@testable import RekeyClient

@Suite("The address of a server")
struct ServerAddressTests {
    @Test(
        "R74: is taken when it never leaves the machine",
        arguments: [
            ("127.0.0.1:7350", "127.0.0.1:7350"), ("127.9.8.7:1", "127.9.8.7:1"),
            ("[::1]:65535", "[::1]:65535"), ("localhost:7350", "127.0.0.1:7350"),
        ])
    func loopback(_ text: String, _ address: String) throws {
        #expect(try ServerAddress.plaintextOnLoopback(text).description == address)
    }

    @Test(
        "R74: is refused for plaintext when it leaves the machine, or may",
        arguments: [
            "10.0.0.1:7350", "rekey.example:7350", "127.0.0.1.example:7350", "127.0.0:7350",
            "127.0.0.256:7350", "127.+1.0.1:7350", "[::2]:7350", "0.0.0.0:7350", "1270.0.1:1",
            "localhost.example:7350", ":7350", "",
        ])
    func elsewhere(_ text: String) {
        #expect(throws: ClientError.self) { try ServerAddress.plaintextOnLoopback(text) }
    }

    @Test(
        "needs a port",
        arguments: [
            "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
            "127.0.0.1:+5", "localhost:-1",
        ])
    func port(_ text: String) {
        #expect(throws: ClientError.self) { try ServerAddress.plaintextOnLoopback(text) }
    }

    private static let credentials = Credentials(ca: "ca.pem", identity: "identity.pem")

    @Test(
        "for TLS is any name or address",
        arguments: [
            ("rekey.example:7350", "rekey.example"), ("localhost:1", "localhost"),
            ("a-1.example:1", "a-1.example"), ("127.0.0.1:1", "127.0.0.1"),
            ("10.0.0.1:1", "10.0.0.1"),
            ("[2001:db8::1]:7350", "2001:db8::1"),
            ("xn--bcher-kva.example:1", "xn--bcher-kva.example"),
        ])
    func tls(_ text: String, _ host: String) throws {
        let address = try ServerAddress.tls(text, Self.credentials)
        #expect(address.host == host)
        #expect(address.description == text)
    }

    @Test(
        "R77: for TLS is nothing that could be read in two ways",
        arguments: [
            "", ":1", "127.1:1", "1270.0.1:1", "10.0.0.256:1", "a..b:1", ".a:1", "a.:1", "a b:1",
            "bücher.example:1", "[rekey.example]:1", "[127.0.0.1]:1", "2001:db8::1:1", "[::1:1",
            "a/b:1", "a@b:1", "*.example:1", "a\0b:1", String(repeating: "a", count: 64) + ":1",
            String(repeating: "a.", count: 127) + "a:1", "rekey.example", "rekey.example:0",
        ])
    func notTLS(_ text: String) {
        #expect(throws: ClientError.self) { try ServerAddress.tls(text, Self.credentials) }
    }
}
