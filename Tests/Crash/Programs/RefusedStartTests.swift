import Foundation
import Testing

@Suite("What cannot be served is refused with one line, and nothing is written")
struct RefusedStartTests {
    /// Damages or blocks an installation, and sees it refused without a change to its data.
    private func expectRefusal(
        code: Int32, saying words: String, _ spoil: (Installation) async throws -> Void
    ) async throws {
        let server = try await Installation()
        try await server.initialize()
        try await server.start()
        await server.stop()
        try await spoil(server)
        let before = try server.dataFiles()
        let output = try await server.serveInVain()
        #expect(output.code == code, "\(output.errors)")
        let lines = output.errors.split(separator: "\n")
        #expect(lines.count == 1, "\(output.errors)")
        #expect(output.errors.hasPrefix("rekeyd: "))
        #expect(output.errors.contains(words), "\(output.errors)")
        #expect(try server.dataFiles() == before)
    }

    @Test("R47: the wrong key ring")
    func wrongRing() async throws {
        try await expectRefusal(code: 78, saying: "key ring") { server in
            let other = try await Installation()
            try await other.initialize()
            try FileManager.default.removeItem(at: server.keys)
            try FileManager.default.copyItem(at: other.keys, to: server.keys)
        }
    }

    @Test("R49: a key ring that others can read")
    func openRing() async throws {
        try await expectRefusal(code: 78, saying: "chmod") { server in
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o640], ofItemAtPath: server.keys.path)
        }
    }

    @Test("No key ring")
    func noRing() async throws {
        try await expectRefusal(code: 78, saying: "keys") { server in
            try FileManager.default.removeItem(at: server.keys)
        }
    }

    @Test("A data directory of another version")
    func otherVersion() async throws {
        try await expectRefusal(code: 78, saying: "version") { server in
            try changeVersion(server.data.appending(path: "manifest"))
        }
    }

    @Test("No data directory")
    func noData() async throws {
        try await expectRefusal(code: 78, saying: "no journal") { server in
            try FileManager.default.removeItem(at: server.data)
        }
    }

    @Test("Another process that serves it")
    func locked() async throws {
        let server = try await Installation()
        try await server.initialize()
        try await server.start()
        let output = try await server.serveInVain()
        #expect(output.code == 75)
        #expect(output.errors.contains("running process"))
        #expect(try await server.rekey("health").code == 0)
        await server.stop()
    }

    @Test("Damage in the middle of the log")
    func damage() async throws {
        try await expectRefusal(code: 65, saying: "0000000000000001.log") { server in
            let log = server.data.appending(path: "log/0000000000000001.log")
            let handle = try FileHandle(forUpdating: log)
            try handle.seek(toOffset: 4096 + 20)
            try handle.write(contentsOf: Data([0xFF]))
            try handle.close()
        }
    }

    @Test("init touches nothing that exists")
    func initTwice() async throws {
        let server = try await Installation()
        try await server.initialize()
        let before = try server.dataFiles()
        let again = try await server.initialize()
        #expect(again.code == 73)
        #expect(try server.dataFiles() == before)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: server.home.path)
                .filter { $0.contains(".new-") }.isEmpty)
    }

    @Test(
        "init on a full disk says so and leaves nothing",
        .enabled(if: SmallDisk.canBeMade, "only root may mount a small file system"))
    func fullDisk() async throws {
        let disk = try SmallDisk(mebibytes: 1)
        let server = try await Installation(in: disk.folder)
        let output = try await server.initialize()
        #expect(output.code == 74)
        #expect(output.errors.contains("No space left"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: server.home.path)
                .filter { $0.hasPrefix("rekey") && !$0.hasSuffix("out") && !$0.hasSuffix("err") }
                .isEmpty)
    }

    /// The manifest of a version that does not exist yet, otherwise valid.
    private func changeVersion(_ manifest: URL) throws {
        var bytes = try Data(contentsOf: manifest)
        bytes[8] ^= 0x40
        try bytes.write(to: manifest)
    }
}

/// A file system of a few MiB in memory, for as long as it is held.
private final class SmallDisk {
    let folder: URL

    static var canBeMade: Bool {
        (try? SmallDisk(mebibytes: 1)) != nil
    }

    init(mebibytes: Int) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "disk-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        guard mount("tmpfs", folder.path, "tmpfs", 0, "size=\(mebibytes)m") == 0 else {
            try? FileManager.default.removeItem(at: folder)
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    deinit {
        umount2(folder.path, Int32(MNT_DETACH))
        try? FileManager.default.removeItem(at: folder)
    }
}
