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
}
