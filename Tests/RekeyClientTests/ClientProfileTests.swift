import Glibc
import RekeyClientTestSupport
import Testing

@testable import RekeyClient

@Suite("A profile")
struct ClientProfileTests {
    /// What a profile is refused with: one line that names the file.
    private static func fault(_ profile: TestProfile, _ file: String) throws -> String {
        let error = #expect(throws: ClientError.self) {
            try profile.read()
        }
        #expect(error?.kind == .profileInvalid)
        let message = try #require(error?.message)
        #expect(message.contains(profile.path(file)), "\(message)")
        #expect(!message.contains("\n"))
        #expect(!message.contains("BEGIN"))
        return message
    }

    @Test("names its servers, a line each; others can be named in their place")
    func servers() throws {
        let profile = try TestProfile(
            of: TestAuthority(), servers: ["rekey.example:7350", "", "10.0.0.1:1", "[::1]:65535"])
        #expect(
            try profile.read().servers.map(\.description)
                == ["rekey.example:7350", "10.0.0.1:1", "[::1]:65535"])
        #expect(
            try profile.read(servers: ["other:1"]).servers.map(\.host)
                == ["other"])
        try profile.write("\n \n", to: "server")
        #expect(try Self.fault(profile, "server").contains("HOST:PORT"))
    }

    @Test("without one of its files says which", arguments: ["server", "ca.pem", "identity.pem"])
    func missing(_ file: String) throws {
        let profile = try TestProfile(of: TestAuthority())
        try profile.remove(file)
        #expect(try Self.fault(profile, file).contains("No such file"))
    }

    @Test(
        "R74: with a private key that others can reach is refused, with the file, its mode and the remedy",
        arguments: [0o640, 0o604, 0o620, 0o601, 0o777])
    func permissions(_ mode: Int) throws {
        let authority = try TestAuthority()
        let profile = try TestProfile(of: authority)
        let identity = try authority.issue(.client, names: ["portal"])
        try profile.write(identity.pem, to: "identity.pem", mode: mode)
        let message = try Self.fault(profile, "identity.pem")
        #expect(message.contains("mode 0\(String(mode, radix: 8))"))
        #expect(message.contains("chmod 600 \(profile.path("identity.pem"))"))
        try profile.write(identity.pem, to: "identity.pem", mode: 0o400)
        _ = try profile.read()
    }

    @Test("with a key that is not the certificate's, or one that others signed for, is refused")
    func mismatch() throws {
        let authority = try TestAuthority()
        let mine = try authority.issue(.client, names: ["portal"])
        let other = try authority.issue(.client, names: ["portal"])
        let profile = try TestProfile(
            of: authority, identity: TestIdentity(certificate: mine.certificate, key: other.key))
        #expect(try Self.fault(profile, "identity.pem").contains("is not that of"))
    }

    @Test("with a certificate that has expired, or is not valid yet, is refused with the day")
    func times() throws {
        let authority = try TestAuthority()
        let expired = try authority.issue(.client, validFrom: -7200, validUntil: -10)
        let early = try authority.issue(.client, validFrom: 1800)
        let profile = try TestProfile(of: authority, identity: expired)
        let message = try Self.fault(profile, "identity.pem")
        #expect(message.contains(/expired on 20\d\d-\d\d-\d\d; renew it/))
        try profile.write(early)
        #expect(try Self.fault(profile, "identity.pem").contains(/valid from 20\d\d-\d\d-\d\d on/))
    }

    @Test("with a pipe or a folder in the place of a file is refused, and does not wait for it")
    func noFile() throws {
        let profile = try TestProfile(of: TestAuthority())
        try profile.remove("identity.pem")
        #expect(mkfifo(profile.path("identity.pem"), 0o600) == 0)
        #expect(try Self.fault(profile, "identity.pem").contains("is no file"))
        try profile.remove("identity.pem")
        #expect(mkdir(profile.path("identity.pem"), 0o700) == 0)
        #expect(try Self.fault(profile, "identity.pem").contains("is no file"))
    }

    @Test("with damaged files is refused, and a password is never asked for")
    func damaged() throws {
        let authority = try TestAuthority()
        let identity = try authority.issue(.client)
        let half = String(identity.certificate.prefix(identity.certificate.utf8.count / 2))
        let locked = """
            -----BEGIN ENCRYPTED PRIVATE KEY-----
            MIIBAAAA
            -----END ENCRYPTED PRIVATE KEY-----

            """
        for (text, words) in [
            ("", "no certificate"), (identity.key, "no certificate"),
            (identity.key + "\n" + half, "no certificate"),
            (identity.certificate, "no private key"), ("\0\0\0", "no certificate"),
            (locked + identity.certificate, "with a password"),
        ] {
            let profile = try TestProfile(of: authority)
            try profile.write(text, to: "identity.pem")
            #expect(try Self.fault(profile, "identity.pem").contains(words))
        }
        let profile = try TestProfile(of: authority)
        try profile.write("-----BEGIN CERTIFICATE-----\n", to: "ca.pem")
        #expect(try Self.fault(profile, "ca.pem").contains("no certificate"))
        try profile.write(String(repeating: "x", count: 1024 * 1024 + 1), to: "ca.pem")
        #expect(try Self.fault(profile, "ca.pem").contains("is it the file that was meant?"))
    }
}
