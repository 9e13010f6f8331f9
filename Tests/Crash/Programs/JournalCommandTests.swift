import Foundation
import Testing

@Suite("rekeyd journal, as it ships")
struct JournalCommandTests {
    private let password = "my first long password"

    /// An installation with one account that was activated and logged in to; the server was killed.
    private func killedInstallation() async throws -> Installation {
        let server = try await Installation()
        _ = try await server.initialize()
        try await server.start()
        _ = try await server.rekey(
            "account", "create", "C-1", "--name", "Claire Martin", "--mail", "claire@exemple.fr",
            "--mobile", "+33612345678", "--language", "fr")
        let (link, code) = try await server.letters(1)
        let activated = try await server.rekey(
            "reset", "activate", "--link-file", "-", "--code-file", "-", "--password-file", "-",
            "--confirmation-file", "-", input: [link, code, password, password])
        #expect(activated.code == 0)
        let login = try await server.rekey(
            "login", "C-1", "--password-file", "-", input: [password])
        #expect(login.code == 0)
        await server.kill9()
        return server
    }

    @Test("A store in use is refused, and the server that uses it does not notice")
    func inUse() async throws {
        let server = try await Installation()
        _ = try await server.initialize()
        try await server.start()
        for command in ["verify", "dump"] {
            let refused = try await server.rekeyd("journal", command, server.data.path)
            #expect(refused.code == 75 && refused.text.isEmpty)
            #expect(refused.errors.contains("held by a running process"))
        }
        #expect(try await server.rekey("reset", "request", "C-1").code == 0)
        #expect(await server.stop() == 0)
        #expect(try await server.rekeyd("journal", "verify", server.data.path).code == 0)
    }

    @Test("After a whole flow: verified, dumped with each event and no secret, nothing changed")
    func flow() async throws {
        let server = try await killedInstallation()
        let (link, code) = try await server.letters(1)
        let before = try server.dataFiles()
        let config = server.home.appending(path: "rekey/rekeyd.json").path
        let verified = try await server.rekeyd("journal", "verify", "--config", config)
        #expect(verified.code == 0, "\(verified.errors)")
        #expect(verified.text.contains("damage       none"))
        #expect(verified.text.contains("ended        without a close"))

        let dump = try await server.rekeyd("journal", "dump", server.data.path)
        #expect(dump.code == 0, "\(dump.errors)")
        for event in ["accountCreated", "activated", "loggedIn"] {
            #expect(dump.text.contains(#"{"\#(event)":{"#), "\(event)")
        }
        #expect(dump.text.contains("claire@exemple.fr"))
        for secret in [link, code, password] { #expect(!dump.text.contains(secret)) }

        let lines = dump.text.split(separator: "\n")
        let sequences = try lines.map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require(object?["sequence"] as? Int)
        }
        let part = try await server.rekeyd(
            "journal", "dump", server.data.path, "--from", "3", "--to", "5")
        #expect(
            part.text.split(separator: "\n")
                == zip(lines, sequences).filter { (3...5).contains($0.1) }.map(\.0))
        #expect(try server.dataFiles() == before)
    }

    @Test("A damaged store: file, byte, what was expected and found; the rest is dumped; exit 65")
    func damaged() async throws {
        let server = try await killedInstallation()
        let log = server.data.appending(path: "log/0000000000000001.log")
        var bytes = try Data(contentsOf: log)
        bytes[8192 + 64] ^= 1
        try bytes.write(to: log)
        let before = try server.dataFiles()
        let place = "\(log.path) is damaged at byte 8192: expected batch 2, found no valid batch"
        let verified = try await server.rekeyd("journal", "verify", server.data.path)
        #expect(verified.code == 65)
        #expect(verified.errors.hasPrefix("rekeyd: \(place)"), "\(verified.errors)")
        #expect(verified.text.contains("damage       \(place)"))
        let dump = try await server.rekeyd("journal", "dump", server.data.path)
        #expect(dump.code == 65)
        #expect(dump.text.contains(#"{"loggedIn":{"#), "what is behind the damage")
        #expect(dump.text.contains(#""offset":8192,"expected":"batch 2""#))
        #expect(try server.dataFiles() == before)
    }

    @Test(
        "A reader that goes away ends a dump quietly, by SIGPIPE, whoever had it ignored before",
        arguments: ["", "trap '' PIPE; "])
    func brokenPipe(_ before: String) async throws {
        let server = try await killedInstallation()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = [
            "-c", "\(before)exec \"$0\" journal dump \"$1\"", server.program("rekeyd").path,
            server.data.path,
        ]
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try output.fileHandleForReading.close()
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        #expect(process.terminationReason == .uncaughtSignal)
        #expect(process.terminationStatus == SIGPIPE)
        #expect(try errors.fileHandleForReading.readToEnd() ?? Data() == Data())
    }

    @Test("Two stores, none, or one that is not there: said in a line")
    func misuse() async throws {
        let server = try await Installation()
        #expect(try await server.rekeyd("journal", "verify").code == 64)
        #expect(try await server.rekeyd("journal", "verify", "a", "--config", "b").code == 64)
        #expect(
            try await server.rekeyd("journal", "dump", "a", "--checkpoint", "--to", "1").code == 64)
        let lost = try await server.rekeyd("journal", "verify", server.home.path)
        #expect(lost.code == 78 && lost.errors.contains("there is no 'manifest'"))
    }
}
