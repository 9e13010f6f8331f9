import Foundation
import RekeyAccess
import RekeyCore
import RekeyTestSupport
import Testing

@Suite("Certificates that are given out and taken back")
struct CallerRegistryTests {
    private func problem(_ body: () throws -> Void) -> String {
        #expect(throws: AccessError.self, performing: body)?.description ?? ""
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test("A profile holds what a client needs, and only its owner reads the key")
    func profile() throws {
        let folder = try AccessFolder()
        let profile = try folder.issue("portal", .service)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: profile).sorted()
                == ["ca.pem", "identity.pem", "server"])
        #expect(try mode(profile) == 0o700)
        #expect(try mode("\(profile)/identity.pem") == 0o600)
        #expect(try mode("\(folder.path)/ca.key") == 0o600)
        #expect(try mode(folder.files.key) == 0o600)
        #expect(try folder.text("portal/ca.pem") == (try folder.text("ca.pem")))
        #expect(try folder.text("portal/server") == "localhost:7350\n")
        #expect(try folder.presented("\(profile)/identity.pem")?.names == ["portal"])
    }

    @Test("A name that is taken, a folder that is there and names that cannot be are refused")
    func refused() throws {
        let folder = try AccessFolder()
        try folder.issue("portal", .service)
        let callers = try folder.text("callers.json")
        #expect(problem { try folder.issue("portal", .operator) }.contains("cert renew portal"))
        for name in [
            "", "Portal", "a b", "-a", "server", "local", "é", String(repeating: "a", count: 64),
        ] {
            #expect(
                problem { try folder.issue(name, .service) }.contains("cannot be a caller's name"))
        }
        #expect(
            problem {
                try folder.registry().issue(
                    "desk", .operator, profile: "\(folder.path)/portal", servers: [])
            }.contains("is there already"))
        #expect(try folder.text("callers.json") == callers)
        #expect(
            problem { try folder.registry().renew("desk", profile: "", servers: []) }
                .contains("has no caller \"desk\""))
        #expect(
            problem { _ = try folder.registry().revoke("desk") }.contains(
                "no certificate of \"desk\""))
    }

    @Test("The list shows every certificate with its role, its end and whether it was taken back")
    func list() throws {
        let folder = try AccessFolder()
        let profile = try folder.issue("portal", .service)
        try folder.issue("auditor", .auditor)
        _ = try folder.registry().revoke("portal")
        let later = AccessFolder.clock + .hours(24)
        try folder.registry(at: later).renew("portal", profile: profile, servers: [])
        let entries = try folder.registry().entries()
        #expect(entries.map(\.name) == ["auditor", "portal", "portal"])
        #expect(entries.map(\.role) == [.auditor, .service, .service])
        #expect(entries.map(\.isRevoked) == [false, false, true])
    }

    @Test(
        "One certificate of several is taken back by its fingerprint, also one of another authority"
    )
    func byFingerprint() throws {
        let folder = try AccessFolder()
        let profile = try folder.issue("portal", .service)
        let first = try #require(try folder.presented("\(profile)/identity.pem"))
        try folder.registry().renew("portal", profile: profile, servers: [])
        #expect(try folder.registry().revoke("\(first.fingerprint)") == [first.fingerprint])
        #expect(
            try folder.registry().entries().filter(\.isRevoked).map(\.fingerprint) == [
                first.fingerprint
            ])
        let foreign = String(repeating: "ab", count: 32)
        #expect(try folder.registry().revoke(foreign).map(\.description) == [foreign])
    }

    @Test("An authority is never overwritten, and without its key nothing is given out")
    func authority() throws {
        let folder = try AccessFolder()
        #expect(
            problem {
                _ = try CallerRegistry.create(
                    folder.files, authorityKey: "\(folder.path)/ca.key", issued: "", names: [],
                    at: AccessFolder.clock)
            }.contains("is there already, and an authority is never overwritten"))
        try folder.write("ca.key", try folder.text("ca.key"), mode: 0o644)
        #expect(problem { _ = try folder.registry() }.contains("mode 644"))
        try FileManager.default.removeItem(atPath: "\(folder.path)/ca.key")
        #expect(problem { _ = try folder.registry() }.contains("certificates come from elsewhere"))
    }
}
