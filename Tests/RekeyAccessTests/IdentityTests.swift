import Foundation
import RekeyAccess
import RekeyCore
import RekeyTestSupport
import Testing

@Suite("The server's own certificate, key and authority")
struct IdentityTests {
    private func problem(_ body: () throws -> Void) -> String {
        #expect(throws: AccessError.self, performing: body)?.description ?? ""
    }

    @Test(
        "R49: a private key that group or others can use is refused, and so is no other's",
        arguments: [
            0o640, 0o604, 0o660, 0o644,
        ])
    func exposedKey(_ mode: Int) throws {
        let folder = try AccessFolder()
        let files = folder.files
        try folder.write("server.pem", try folder.text("server.pem"), mode: mode)
        let message = problem { _ = try files.identity(at: AccessFolder.clock) }
        #expect(message.hasPrefix(files.key))
        #expect(message.contains("mode \(String(mode, radix: 8))"))
        #expect(message.contains("chmod 600"))
    }

    @Test("A certificate and a key that do not match are refused")
    func mismatch() throws {
        let folder = try AccessFolder()
        let other = try AccessFolder()
        let key = try folder.write("other.pem", try other.text("server.pem"))
        let files = AccessFiles(
            certificate: folder.files.certificate, key: key, authority: folder.files.authority,
            callers: folder.files.callers, revoked: folder.files.revoked)
        let message = problem { _ = try files.identity(at: AccessFolder.clock) }
        #expect(
            message == "\(key) is not the key of the certificate in \(folder.files.certificate)")
    }

    @Test("An expired certificate is refused with the remedy; one of 90 days ends on its day")
    func expired() throws {
        let made = Timestamp(milliseconds: 1_767_225_600_000)
        let folder = try AccessFolder(at: made)
        let identity = try folder.files.identity(at: made)
        #expect(identity.validUntil == made + .hours(90 * 24))
        #expect(identity.hosts == ["localhost", "127.0.0.1", "::1"])
        let message = problem { _ = try folder.files.identity(at: identity.validUntil) }
        #expect(message.contains("has expired on 2026-04-01"))
        #expect(message.contains("rekeyd cert renew server"))
        let early = problem { _ = try folder.files.identity(at: made - .hours(2)) }
        #expect(early.contains("is not valid before"))
        // Who is too late renews it all the same.
        try folder.registry(at: identity.validUntil).renew("server", profile: "", servers: [])
        #expect(
            try folder.files.identity(at: identity.validUntil).validUntil
                == identity.validUntil + .hours(90 * 24))
    }

    @Test("An authority that may sign nothing, or is over, is refused")
    func authority() throws {
        let folder = try AccessFolder()
        #expect(try folder.files.authorities(at: AccessFolder.clock).pem.count == 1)
        let later = AccessFolder.clock + .hours(11 * 365 * 24)
        #expect(
            problem { _ = try folder.files.authorities(at: later) }
                .contains(#/holds an authority that has expired on [-0-9]+: take it out/#))
        let early = AccessFolder.clock - .hours(2)
        #expect(
            problem { _ = try folder.files.authorities(at: early) }
                .contains("holds an authority that is not valid before"))
        // Whoever would sign with it is told what to do.
        #expect(
            problem { try folder.issue("portal", .service, at: later) }.contains("'rekeyd init'"))
        try folder.write("ca.pem", try folder.text("server.pem"))
        #expect(
            problem { _ = try folder.files.authorities(at: AccessFolder.clock) }
                .contains("may sign no other"))
        try folder.write("ca.pem", "nothing\n")
        #expect(
            problem { _ = try folder.files.authorities(at: AccessFolder.clock) }
                .contains("holds no certificate in PEM"))
    }

    @Test(
        "R76: what says who may come in is refused when group or others can change it",
        arguments: ["callers.json", "revoked", "ca.pem"], [0o664, 0o646, 0o622])
    func exposedAccess(_ file: String, _ mode: Int) throws {
        let folder = try AccessFolder()
        try folder.write(file, try folder.text(file), mode: mode)
        let message = problem { _ = try folder.files.content(at: AccessFolder.clock) }
        #expect(message.hasPrefix("\(folder.path)/\(file) "))
        #expect(message.contains("mode \(String(mode, radix: 8))"))
        #expect(message.contains("chmod go-w"))
        try folder.write(file, try folder.text(file), mode: 0o644)
        _ = try folder.files.content(at: AccessFolder.clock)
    }

    @Test(
        "Bytes that are no certificate, a missing file and a folder are refused in one line",
        arguments: [
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            "-----BEGIN CERTIFICATE-----\n", "", "\u{0}\u{1}",
        ])
    func garbage(_ text: String) throws {
        let folder = try AccessFolder()
        try folder.write("server.pem", text)
        let message = problem { _ = try folder.files.identity(at: AccessFolder.clock) }
        #expect(message.hasPrefix(folder.files.certificate))
        #expect(!message.contains("\n"))
        try FileManager.default.removeItem(atPath: folder.files.certificate)
        #expect(
            problem { _ = try folder.files.identity(at: AccessFolder.clock) }
                .contains("cannot be read (No such file or directory)"))
        try FileManager.default.createDirectory(
            atPath: folder.files.certificate, withIntermediateDirectories: false)
        #expect(
            problem { _ = try folder.files.identity(at: AccessFolder.clock) }
                .contains("is not a regular file"))
    }
}
