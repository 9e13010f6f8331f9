import Foundation
import Testing

@Suite("rekeyd keys, as it ships")
struct KeysCommandTests {
    private let first = "my first long password"
    private let second = "my second long password"

    /// An installation with one active account, whose owner has a session and a new link and code;
    /// the server has stopped.
    private func usedInstallation() async throws -> (Installation, link: String, code: String) {
        let server = try await Installation()
        try await server.initialize()
        try await server.start()
        try await createAccount("C-1", on: server)
        let keys = try await server.letters(1)
        try await activate(keys, first, on: server)
        #expect(try await login(first, on: server).code == 0)
        #expect(try await server.rekey("reset", "request", "C-1").code == 0)
        let newest = try await server.letters(3)
        #expect(await server.stop() == 0)
        return (server, newest.link, newest.code)
    }

    private func createAccount(_ identifier: String, on server: Installation) async throws {
        let created = try await server.rekey(
            "account", "create", identifier, "--name", "Claire Martin", "--mail",
            "claire@exemple.fr", "--mobile", "+33612345678", "--language", "fr")
        #expect(created.code == 0, "\(created.errors)")
    }

    private func activate(
        _ keys: (link: String, code: String), _ password: String, on server: Installation
    ) async throws {
        let activated = try await server.rekey(
            "reset", "activate", "--link-file", "-", "--code-file", "-", "--password-file", "-",
            "--confirmation-file", "-", input: [keys.link, keys.code, password, password])
        #expect(activated.code == 0, "\(activated.errors)")
    }

    private func login(
        _ password: String, on server: Installation
    ) async throws -> Installation.Output {
        try await server.rekey("login", "C-1", "--password-file", "-", input: [password])
    }

    private func keys(
        _ server: Installation, _ arguments: String...
    ) async throws -> Installation.Output {
        try await server.rekeyd(
            ["keys"] + arguments
                + ["--config", server.home.appending(path: "rekey/rekeyd.json").path])
    }

    /// One line, and neither store nor ring is another one.
    private func expectRefusal(
        _ server: Installation, code: Int32, saying words: String, _ arguments: String...
    ) async throws {
        let (ring, data) = (try? Data(contentsOf: server.keys), try server.dataFiles())
        let output = try await server.rekeyd(
            ["keys"] + arguments
                + ["--config", server.home.appending(path: "rekey/rekeyd.json").path])
        #expect(output.code == code, "\(arguments): \(output.errors)")
        #expect(output.errors.split(separator: "\n").count == 1, "\(output.errors)")
        #expect(output.errors.contains(words), "\(arguments): \(output.errors)")
        #expect((try? Data(contentsOf: server.keys)) == ring)
        #expect(try server.dataFiles() == data)
    }

    /// Gives every key of the ring another week of age.
    private func ageKeys(_ server: Installation) throws {
        let lines = try String(contentsOf: server.keys, encoding: .utf8).split(separator: "\n")
        let aged = lines.map { line in
            var words = line.split(separator: " ").map(String.init)
            if words.count == 4, let time = Int(words[2]) { words[2] = "\(time - 168 * 3_600_000)" }
            return words.joined(separator: " ") + "\n"
        }
        try FileManager.default.removeItem(at: server.keys)
        #expect(
            FileManager.default.createFile(
                atPath: server.keys.path, contents: Data(aged.joined().utf8),
                attributes: [.posixPermissions: 0o600]))
    }

    @Test("After a rotation of all: link, code, session and password of before still work")
    func rotated() async throws {
        let (server, link, code) = try await usedInstallation()
        for purpose in ["link", "code", "session", "pepper"] {
            let output = try await keys(server, "rotate", purpose)
            #expect(output.code == 0, "\(output.errors)")
            #expect(output.text.hasPrefix("\(purpose) key 2 is the current one"))
        }
        let mode = try FileManager.default.attributesOfItem(atPath: server.keys.path)
        #expect(mode[.posixPermissions] as? Int == 0o600)
        try await server.start()
        #expect(try await server.rekey("session", "check").code == 0)
        #expect(try await login(first, on: server).code == 0)
        try await activate((link, code), second, on: server)
        #expect(try await login(second, on: server).code == 0)
        await server.stop()
        let list = try await keys(server, "list").text.split(separator: "\n")
        #expect(list.count == 12)
        for purpose in ["link", "code", "session", "pepper"] {
            #expect(list.contains { $0.hasPrefix(purpose) && $0.contains("old since") })
            #expect(list.contains { $0.hasPrefix(purpose) && $0.hasSuffix("current") })
        }
    }

    @Test(
        "R47: an old key goes when nothing needs it: what it made fails, what the new one made works"
    )
    func retired() async throws {
        let (server, link, _) = try await usedInstallation()
        for purpose in ["link", "pepper"] {
            #expect(try await keys(server, "rotate", purpose).code == 0)
        }
        try await expectRefusal(server, code: 75, saying: "is needed until", "retire", "link", "1")
        try await expectRefusal(
            server, code: 75, saying: "is needed by 1 password;", "retire", "pepper", "1")
        // The login hashes anew under the current pepper.
        try await server.start()
        #expect(try await login(first, on: server).code == 0)
        await server.stop()
        try ageKeys(server)
        for purpose in ["link", "pepper"] {
            let output = try await keys(server, "retire", purpose, "1")
            #expect(output.code == 0, "\(output.errors)")
        }
        try await server.start()
        #expect(try await login(first, on: server).code == 0)
        let old = try await server.rekey("reset", "validate", "--link-file", "-", input: [link])
        #expect(old.code != 0)
        try await createAccount("C-2", on: server)
        let newest = try await server.letters(4)
        let good = try await server.rekey(
            "reset", "validate", "--link-file", "-", input: [newest.link])
        #expect(good.code == 0, "\(good.errors)")
    }

    @Test(
        "Refused in one line, with nothing changed: what cannot rotate or go, and a server that runs"
    )
    func refused() async throws {
        let server = try await Installation()
        try await server.initialize()
        for purpose in ["identifier", "audit", "check"] {
            try await expectRefusal(
                server, code: 64, saying: "does not rotate", "rotate", purpose)
        }
        try await expectRefusal(server, code: 64, saying: "rotate first", "retire", "link", "1")
        try await expectRefusal(server, code: 64, saying: "no link key 7", "retire", "link", "7")
        #expect(try await keys(server, "rotate", "nonsense").code == 64)
        #expect(try await keys(server, "retire", "link", "many").code == 64)
        #expect(try await keys(server, "replace").code == 64)
        try await expectRefusal(
            server, code: 64, saying: "nothing is lost", "replace", "--lost")
        try await server.start()
        for arguments in [["rotate", "link"], ["retire", "link", "1"]] {
            let config = server.home.appending(path: "rekey/rekeyd.json").path
            let output = try await server.rekeyd(["keys"] + arguments + ["--config", config])
            #expect(output.code == 75 && output.errors.contains("stop it, run this"))
        }
        #expect(try await keys(server, "list").code == 0)
        await server.stop()
    }

    @Test("R49: a ring that others can read, or that is not there, or another store's, is not used")
    func wrongRing() async throws {
        let server = try await Installation()
        try await server.initialize()
        let commands = [["list"], ["rotate", "link"], ["retire", "link", "1"], ["export", "/x"]]
        func refused(saying words: String) async throws {
            let config = server.home.appending(path: "rekey/rekeyd.json").path
            for command in commands {
                let output = try await server.rekeyd(["keys"] + command + ["--config", config])
                #expect(output.code == 78 && output.errors.contains(words), "\(output.errors)")
            }
        }
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o640], ofItemAtPath: server.keys.path)
        try await refused(saying: "chmod 600")
        try await expectRefusal(
            server, code: 78, saying: "move it away first", "replace", "--lost")
        try FileManager.default.removeItem(at: server.keys)
        try await refused(saying: "open failed")
        let other = try await Installation()
        try await other.initialize()
        try FileManager.default.copyItem(at: other.keys, to: server.keys)
        try await refused(saying: "is not the ring of the store")
    }

    @Test(
        "A copy is 0600, complete, told from an older and from another store's, and brings the ring back"
    )
    func exported() async throws {
        let server = try await Installation()
        try await server.initialize()
        let copy = server.home.appending(path: "copy").path
        #expect(try await keys(server, "export", copy).code == 0)
        let mode = try FileManager.default.attributesOfItem(atPath: copy)
        #expect(mode[.posixPermissions] as? Int == 0o600)
        try await expectRefusal(server, code: 73, saying: "is there already", "export", copy)
        try await expectRefusal(
            server, code: 78, saying: "inside data.directory", "export",
            server.data.appending(path: "copy").path)
        #expect(try await keys(server, "verify", copy).text.contains("every key of keys.file"))
        #expect(try await keys(server, "rotate", "pepper").code == 0)
        try await expectRefusal(server, code: 78, saying: "lacks pepper 2", "verify", copy)
        let other = try await Installation()
        try await other.initialize()
        try await expectRefusal(
            other, code: 78, saying: "is not the ring of the store", "verify", copy)
        // The ring is gone: the copy is known all the same, and takes its place.
        try FileManager.default.removeItem(at: server.keys)
        #expect(try await keys(server, "verify", copy).code == 0)
        try FileManager.default.moveItem(atPath: copy, toPath: server.keys.path)
        try await server.start()
        await server.stop()
    }

    @Test(
        "A lost ring: nothing old opens, the owner recovers, holds stay, the old store is kept",
        arguments: [false, true])
    func replaced(anotherIsThere: Bool) async throws {
        let (server, link, _) = try await usedInstallation()
        try await server.start()
        try await createAccount("C-2", on: server)
        #expect(try await server.rekey("account", "disable", "C-2").code == 0)
        await server.stop()
        let before = try server.dataFiles()
        let ring = try Data(contentsOf: server.keys)
        try FileManager.default.removeItem(at: server.keys)
        if anotherIsThere {
            let other = try await Installation()
            try await other.initialize()
            try FileManager.default.copyItem(at: other.keys, to: server.keys)
        }
        let other = try? Data(contentsOf: server.keys)
        let output = try await keys(server, "replace", "--lost")
        #expect(output.code == 0, "\(output.errors)")
        #expect(output.text.contains("Accounts: 2"))

        let folder = server.home.appending(path: "rekey")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let kept = try #require(names.first { $0.hasPrefix("data.lost-") })
        #expect(output.text.contains(kept))
        for (path, bytes) in before {
            let moved = path.replacingOccurrences(of: "/data/", with: "/\(kept)/")
            let now = try? Data(contentsOf: URL(fileURLWithPath: moved))
            #expect(now ?? Data() == bytes, "\(path)")
        }
        let set = names.first { $0.hasPrefix("keys.lost-") }
        #expect(try set.map { try Data(contentsOf: folder.appending(path: $0)) } == other)
        #expect(try Data(contentsOf: server.keys) != ring)

        try await server.start()
        #expect(try await login(first, on: server).code == 5)
        #expect(try await server.rekey("session", "check").code != 0)
        let old = try await server.rekey("reset", "validate", "--link-file", "-", input: [link])
        #expect(old.code != 0)
        let list = try await server.rekey("account", "list").text
        #expect(
            list.contains("disabled") && list.contains("password off") && list.contains("Claire"))
        #expect(try await server.rekey("reset", "request", "C-1").code == 0)
        let letters = try await server.letters(5)
        try await activate(letters, second, on: server)
        #expect(try await login(second, on: server).code == 0)
        await server.stop()
        #expect(try await server.rekeyd("journal", "verify", server.data.path).code == 0)
        // It is not lost again.
        #expect(try await keys(server, "replace", "--lost").code == 64)
    }

    @Test("A lost ring is not replaced while a server runs, nor without room for the new store")
    func notReplaced() async throws {
        let server = try await Installation()
        try await server.initialize()
        try await server.start()
        try FileManager.default.removeItem(at: server.keys)
        let running = try await keys(server, "replace", "--lost")
        #expect(running.code == 75, "\(running.errors)")
        await server.stop()
        #expect(
            try FileManager.default.contentsOfDirectory(
                atPath: server.home.appending(path: "rekey").path
            ).sorted() == ["data", "letters", "operator", "rekeyd.json", "tls"])
    }
}
