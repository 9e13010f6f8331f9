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
            #expect(loaded.identifiers(of: .pepper) == [3, 4_294_967_295])
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
        let key = lines[1].split(separator: " ")[2]
        #expect(try problem("") == .version)
        #expect(try problem(with(1, "rekey-keys 2")) == .version)
        #expect(try problem(good.replacingOccurrences(of: "\n", with: "\r\n")) == .version)
        #expect(try problem("rekey-keys 1\n") == .missing(.link))
        #expect(try problem(String(good.dropLast())) == .malformed(line: 8))
        #expect(try problem(String(good.prefix(200))) == .malformed(line: 5))
        #expect(try problem(good + "\n") == .malformed(line: 9))
        #expect(try problem(String(repeating: "x", count: 70_000)) == .tooLarge)
        for bad in [
            "", "link", "link 7", "link 7 ", "link 0 \(key)", "link 07 \(key)", "link +7 \(key)",
            "link 4294967296 \(key)", "Link 7 \(key)", "links 7 \(key)", "link 7  \(key)",
            "link 7 \(key) ", " link 7 \(key)", "link 7 \(key)A", "link 7 \(key.dropLast())",
            "link 7 \(key.dropLast())=", "link 7 \(key.dropLast())\u{E9}", "# link 7 \(key)",
            "link 7 \(key.dropLast())B",
        ] {
            #expect(try problem(with(2, bad)) == .malformed(line: 2), "\(bad)")
        }
        // Without its line, and with one line too many or out of order.
        for purpose in KeyPurpose.allCases {
            let rest = lines.filter { !$0.hasPrefix(purpose.rawValue) }
            #expect(try problem(rest.joined(separator: "\n") + "\n") == .missing(purpose))
            let more = good + "\(purpose.rawValue) 8 \(key)\n"
            #expect(try problem(more) == (purpose.rotates ? nil : .malformed(line: 9)))
            #expect(try problem(good + "\(purpose.rawValue) 7 \(key)\n") == .malformed(line: 9))
        }
    }
}
