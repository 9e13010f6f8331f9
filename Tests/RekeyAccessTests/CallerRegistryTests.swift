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
        #expect(problem { try folder.issue("b", .monitor) }.contains("mode 644"))
        try FileManager.default.removeItem(atPath: "\(folder.path)/ca.key")
        #expect(
            problem { try folder.issue("c", .monitor) }.contains("certificates come from elsewhere")
        )
        #expect(
            problem { try folder.registry().renew("server", profile: "", servers: []) }
                .contains("certificates come from elsewhere"))
    }

    @Test("R76: without the authority's key callers are listed and taken back all the same")
    func withoutKey() throws {
        let folder = try AccessFolder()
        try folder.issue("portal", .service)
        try FileManager.default.removeItem(atPath: "\(folder.path)/ca.key")
        #expect(try folder.registry().entries().map(\.name) == ["portal"])
        #expect(try folder.registry().revoke("portal").count == 1)
        // A company's own authority gives its certificates out by itself.
        try FileManager.default.removeItem(atPath: "\(folder.path)/issued")
        #expect(try folder.registry().entries().isEmpty)
        let foreign = String(repeating: "ab", count: 32)
        #expect(try folder.registry().revoke(foreign).map(\.description) == [foreign])
    }

    @Test("R76: of commands at once none undoes what another has added or revoked")
    func atOnce() async throws {
        let folder = try AccessFolder()
        let names = (0..<12).map { "caller-\(10 + $0)" }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names { group.addTask { try folder.issue(name, .service) } }
            try await group.waitForAll()
        }
        #expect(try folder.registry().entries().map(\.name) == names)
        #expect(try folder.registry().entries().map(\.role) == names.map { _ in .service })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in names { group.addTask { _ = try folder.registry().revoke(name) } }
            try await group.waitForAll()
        }
        #expect(try folder.registry().entries().filter(\.isRevoked).map(\.name) == names)
    }

    @Test("R76: a certificate that cannot be recorded is not handed out")
    func recordedFirst() throws {
        let folder = try AccessFolder()
        let profile = try folder.issue("portal", .service)
        let identity = try folder.text("portal/identity.pem")
        try FileManager.default.removeItem(atPath: "\(folder.path)/issued")
        try folder.write("issued", "in the way")
        #expect(
            problem { try folder.registry().renew("portal", profile: profile, servers: []) }
                .contains("/issued/"))
        #expect(try folder.text("portal/identity.pem") == identity)
        #expect(problem { try folder.issue("desk", .operator) }.contains("/issued/"))
        #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/desk/identity.pem"))
    }

    @Test("R49: a renewed key replaces an identity, and is put nowhere else")
    func renewedInPlace() throws {
        let folder = try AccessFolder()
        let profile = try folder.issue("portal", .service)
        let registry = folder.registry()
        let message = problem {
            try registry.renew("portal", profile: "\(folder.path)/issued", servers: [])
        }
        #expect(message.hasPrefix("\(folder.path)/issued/identity.pem "))
        #expect(message.contains("--out"))
        let elsewhere = try folder.write("elsewhere", "another file")
        try FileManager.default.removeItem(atPath: "\(profile)/identity.pem")
        try FileManager.default.createSymbolicLink(
            atPath: "\(profile)/identity.pem", withDestinationPath: elsewhere)
        #expect(
            problem { try registry.renew("portal", profile: profile, servers: []) }
                .hasPrefix("\(profile)/identity.pem "))
        #expect(try folder.text("elsewhere") == "another file")
        #expect(try registry.entries().count == 1)
    }

    @Test("R49: a draft that somebody laid in the way is not written through")
    func draft() throws {
        let folder = try AccessFolder()
        let victim = try folder.write("victim", "untouched")
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.files.callers).new-\(getpid())", withDestinationPath: victim)
        try folder.issue("portal", .service)
        #expect(try folder.text("victim") == "untouched")
        #expect(try folder.text("callers.json").contains("portal"))
    }

    @Test(
        "R49: a file that root replaces stays its owner's",
        .enabled(if: geteuid() == 0, "only root can give a file away"))
    func owner() throws {
        let folder = try AccessFolder()
        try folder.issue("portal", .service)
        for file in [folder.files.callers, folder.files.revoked] {
            #expect(chown(file, 1234, 4321) == 0)
        }
        try folder.issue("desk", .operator)
        _ = try folder.registry().revoke("portal")
        for file in [folder.files.callers, folder.files.revoked] {
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.ownerAccountID] as? Int == 1234)
            #expect(attributes[.groupOwnerAccountID] as? Int == 4321)
        }
    }
}
