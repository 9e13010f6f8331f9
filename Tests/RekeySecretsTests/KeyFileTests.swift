import Foundation
import RekeyCore
import RekeyTestSupport
import Testing

@testable import RekeySecrets

@Suite struct KeyFileTests {
    /// The problem of loading a file that holds `text` with these permissions.
    private func problem(
        _ text: String, mode: Int = 0o600
    ) throws -> KeyRingError.Problem? {
        try withFolder { folder -> KeyRingError.Problem? in
            let path = folder + "/keys"
            try write(text, to: path, mode: mode)
            do throws(KeyRingError) {
                _ = try KeyRing.load(path)
                return nil
            } catch {
                #expect(error.path == path && error.description.contains(path))
                let words = text.split { $0 == " " || $0.isNewline }
                for word in words where word.count > 20 {
                    #expect(!error.description.contains(word))
                }
                return error.problem
            }
        }
    }

    private func write(_ text: String, to path: String, mode: Int) throws {
        #expect(FileManager.default.createFile(atPath: path, contents: Data(text.utf8)))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    @Test("a ring that was created loads again, is 0600, and is the same ring")
    func roundTrip() throws {
        try withFolder { folder in
            let path = folder + "/keys"
            let created = try KeyRing.create(at: path, randomness: SystemRandomness())
            let loaded = try KeyRing.load(path)
            #expect(loaded.storeTag == created.storeTag)
            #expect(loaded.text == created.text)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let link = LinkMinter(created).mint(knownSubject, knownReset)
            #expect(LinkMinter(loaded).open(link) != nil)
        }
    }

    @Test("several keys of a purpose come back in their order")
    func rotated() throws {
        let ring = knownRing(replacing: [.pepper: [knownKey(3, 1), knownKey(4_294_967_295, 2)]])
        try withFolder { folder in
            let path = folder + "/keys"
            try KeyFile.create(path, holding: ring.text)
            let loaded = try KeyRing.load(path)
            #expect(loaded.entries(of: .pepper).map(\.number) == [3, 4_294_967_295])
            #expect(loaded.current(.pepper).bytes == ring.current(.pepper).bytes)
        }
    }

    @Test("a file that is there is never overwritten")
    func neverOverwritten() throws {
        try withFolder { folder in
            let path = folder + "/keys"
            try write("mine", to: path, mode: 0o600)
            #expect(throws: KeyRingError(path: path, problem: .exists)) {
                try KeyRing.create(at: path, randomness: SystemRandomness())
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
        }
    }

    @Test("a ring is not created where there is no folder, and a missing one does not load")
    func noFolder() {
        let path = "/nonexistent/rekey/keys"
        let missing = KeyRingError(path: path, problem: .system(call: "open", errno: ENOENT))
        #expect(throws: missing) {
            try KeyRing.create(at: path, randomness: SystemRandomness())
        }
        #expect(throws: missing) { try KeyRing.load(path) }
    }

    @Test(
        "R49: a file that group or others can read or write is refused",
        arguments: [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o666, 0o777])
    func exposed(_ mode: Int) throws {
        let text = knownRing().text.text
        #expect(try problem(text, mode: 0o600) == nil)
        #expect(try problem(text, mode: 0o400) == nil)
        #expect(try problem(text, mode: mode) == .exposed(mode: UInt32(mode)))
    }

    @Test(
        "R49: a file of another user is refused",
        .enabled(if: geteuid() == 0, "only root can give a file away"))
    func foreignOwner() throws {
        try withFolder { folder in
            let path = folder + "/keys"
            try write(knownRing().text.text, to: path, mode: 0o600)
            try #require(chown(path, 54_321, 54_321) == 0)
            #expect(throws: KeyRingError(path: path, problem: .foreignOwner(54_321))) {
                try KeyRing.load(path)
            }
        }
    }

    @Test("a folder or a pipe in the file's place is refused, without waiting for a writer")
    func notAFile() throws {
        try withFolder { folder in
            #expect(throws: KeyRingError(path: folder, problem: .notARegularFile)) {
                try KeyRing.load(folder)
            }
            let pipe = folder + "/pipe"
            try #require(mkfifo(pipe, 0o600) == 0)
            #expect(throws: KeyRingError(path: pipe, problem: .notARegularFile)) {
                try KeyRing.load(pipe)
            }
        }
    }

    @Test("another version, a damaged line and a missing purpose are told apart")
    func malformed() throws {
        let good = knownRing().text.text
        let lines = good.split(separator: "\n").map(String.init)
        func with(_ line: Int, _ text: String) -> String {
            var changed = lines
            changed[line - 1] = text
            return changed.joined(separator: "\n") + "\n"
        }
        let key = lines[1].split(separator: " ")[3]
        #expect(try problem("") == .version)
        #expect(try problem(with(1, "rekey-keys 3")) == .version)
        #expect(try problem(good.replacingOccurrences(of: "\n", with: "\r\n")) == .version)
        #expect(try problem("rekey-keys 2\n") == .missing(.link))
        #expect(try problem("rekey-keys 1\n") == .missing(.link))
        #expect(try problem(String(good.dropLast())) == .malformed(line: 8))
        #expect(try problem(String(good.prefix(200))) == .malformed(line: 5))
        #expect(try problem(good + "\n") == .malformed(line: 9))
        #expect(try problem(String(repeating: "x", count: 70_000)) == .tooLarge)
        for bad in [
            "", "link", "link 7", "link 7 -", "link 7 - ", "link 0 - \(key)", "link 07 - \(key)",
            "link +7 - \(key)", "link 4294967296 - \(key)", "Link 7 - \(key)", "links 7 - \(key)",
            "link 7  - \(key)", "link 7 - \(key) ", " link 7 - \(key)", "link 7 - \(key)A",
            "link 7 - \(key.dropLast())", "link 7 - \(key.dropLast())=",
            "link 7 - \(key.dropLast())\u{E9}", "# link 7 - \(key)", "link 7 - \(key.dropLast())B",
            // The time: of version 1, signed, padded, fractional, too long.
            "link 7 \(key)", "link 7 -1 \(key)", "link 7 +1 \(key)", "link 7 01 \(key)",
            "link 7 1.5 \(key)", "link 7 1000000000000000 \(key)", "link 7  \(key)",
        ] {
            #expect(try problem(with(2, bad)) == .malformed(line: 2), "\(bad)")
        }
        // Without its line, and with one line too many or out of order.
        for purpose in KeyPurpose.allCases {
            let rest = lines.filter { !$0.hasPrefix(purpose.rawValue) }
            #expect(try problem(rest.joined(separator: "\n") + "\n") == .missing(purpose))
            let more = good + "\(purpose.rawValue) 8 - \(key)\n"
            #expect(try problem(more) == (purpose.rotates ? nil : .malformed(line: 9)))
            #expect(try problem(good + "\(purpose.rawValue) 7 - \(key)\n") == .malformed(line: 9))
        }
    }

    @Test("a file of version 1, which has no times, is the same ring, and is written as version 2")
    func versionOne() throws {
        let ring = knownRing(replacing: [.code: [knownKey(1, 8), knownKey(3, 9)]])
        let older = ring.text.text.replacingOccurrences(of: "keys 2", with: "keys 1")
            .replacingOccurrences(of: " - ", with: " ")
        #expect(older.contains("\ncode 3 CQkJ"), "\(older.prefix(20))")
        try withFolder { folder in
            let path = folder + "/keys"
            try write(older, to: path, mode: 0o600)
            let loaded = try KeyRing.load(path)
            #expect(loaded.missing(in: ring).isEmpty && ring.missing(in: loaded).isEmpty)
            try loaded.replace(at: path)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == ring.text.text)
        }
        // A line with a time is not of version 1.
        #expect(
            try problem(ring.text.text.replacingOccurrences(of: "keys 2", with: "keys 1"))
                == .malformed(line: 2))
    }

    @Test(
        "a ring in another's place is whole, 0600, and leaves nothing beside it; links are followed"
    )
    func replaced() throws {
        try withFolder { folder in
            let (path, name) = (folder + "/keys", folder + "/name")
            try knownRing().write(to: path)
            try FileManager.default.createSymbolicLink(atPath: name, withDestinationPath: path)
            // What a crash in the middle of another rotation left.
            try write("half a ring", to: path + ".new", mode: 0o644)
            let next = knownRing(replacing: [.link: [knownKey(1, 1), knownKey(2, 42)]])
            try next.replace(at: name)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == next.text.text)
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                    == ["keys", "name"])
        }
    }

    @Test("only what is there is replaced, and only by the user whose it is")
    func notReplaced() throws {
        try withFolder { folder in
            let path = folder + "/keys"
            #expect(
                throws: KeyRingError(
                    path: path, problem: .system(call: "realpath", errno: ENOENT))
            ) { try knownRing().replace(at: path) }
            guard geteuid() == 0 else { return }
            try knownRing().write(to: path)
            try #require(chown(path, 54_321, 54_321) == 0)
            #expect(throws: KeyRingError(path: path, problem: .foreignOwner(54_321))) {
                try knownRing(replacing: [.link: [knownKey(1, 42)]]).replace(at: path)
            }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == knownRing().text.text)
        }
    }

    @Test("a ring of more keys than a file may hold is not written")
    func tooManyKeys() throws {
        try withFolder { folder in
            let path = folder + "/keys"
            let many = knownRing(replacing: [.link: (1...1200).map { knownKey($0, 1) }])
            #expect(throws: KeyRingError(path: path, problem: .tooLarge)) {
                try many.write(to: path)
            }
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
