import Foundation
import Synchronization

/// A server of its own in a temporary folder, run and killed as a process, and the command line that
/// talks to it: both as they ship.
final class Installation: @unchecked Sendable {
    // A test uses its installation from one task.
    let home: URL
    private var server: Process?
    private var port = ""

    private static let binaries = URL(fileURLWithPath: "/proc/self/exe")
        .resolvingSymlinksInPath().deletingLastPathComponent()

    struct Output {
        var code: Int32
        var text: String
        var errors: String
    }

    struct NotStarted: Error { let log: String }

    /// - Parameter folder: where to make it; a temporary folder by default.
    init(in folder: URL? = nil) async throws {
        home = (folder ?? FileManager.default.temporaryDirectory).appending(path: "rekey-\(UUID())")
        try FileManager.default.createDirectory(
            at: home, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
    }

    deinit {
        if let server, server.isRunning { kill(server.processIdentifier, SIGKILL) }
        try? FileManager.default.removeItem(at: home)
    }

    var data: URL { home.appending(path: "rekey/data") }
    var keys: URL { home.appending(path: "rekey/keys") }
    private var portFile: URL { home.appending(path: "port") }

    func program(_ name: String) -> URL { Self.binaries.appending(path: name) }

    // MARK: The server

    func rekeyd(_ arguments: String...) async throws -> Output { try await rekeyd(arguments) }

    func rekeyd(_ arguments: [String]) async throws -> Output {
        try await run("rekeyd", arguments)
    }

    @discardableResult
    func initialize() async throws -> Output {
        try await rekeyd("init", home.appending(path: "rekey").path)
    }

    /// The arguments of `rekeyd` that serve this installation on a free port.
    var serving: [String] {
        [
            "serve", "--config", home.appending(path: "rekey/rekeyd.json").path,
            "--listen-plaintext-on-loopback", "true", "--listen-port", "0",
            "--listen-port-file", portFile.path,
        ]
    }

    /// Serves where serving must fail: what it said.
    func serveInVain() async throws -> Output { try await run("rekeyd", serving) }

    /// Starts the server and returns when it takes connections.
    func start() async throws {
        try? FileManager.default.removeItem(at: portFile)
        let (process, _, errors) = try process("rekeyd", serving)
        try process.run()
        server = process
        // The file appears whole, by a rename.
        while true {
            if let text = try? String(contentsOf: portFile, encoding: .utf8) {
                port = text.trimmingCharacters(in: .whitespacesAndNewlines)
                return
            }
            guard process.isRunning else {
                throw NotStarted(log: try String(contentsOf: errors, encoding: .utf8))
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// kill -9, and wait until it is gone.
    func kill9() async { await end(with: SIGKILL) }

    /// SIGTERM; the server's exit code.
    @discardableResult
    func stop() async -> Int32 { await end(with: SIGTERM) }

    @discardableResult
    private func end(with signal: Int32) async -> Int32 {
        guard let server else { return 0 }
        await withCheckedContinuation { continuation in
            server.terminationHandler = { _ in continuation.resume() }
            kill(server.processIdentifier, signal)
        }
        self.server = nil
        return server.terminationStatus
    }

    // MARK: The command line

    /// Runs `rekey` with these lines on its standard input.
    func rekey(_ arguments: String..., input: [String] = []) async throws -> Output {
        try await run("rekey", arguments, input: input)
    }

    private func run(
        _ program: String, _ arguments: [String], input: [String] = []
    ) async throws -> Output {
        let (process, output, errors) = try process(program, arguments)
        let file = home.appending(path: "input-\(UUID())")
        try Data(input.map { "\($0)\n" }.joined().utf8).write(to: file)
        process.standardInput = try FileHandle(forReadingFrom: file)
        try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in done.resume() }
            do { try process.run() } catch { done.resume(throwing: error) }
        }
        return Output(
            code: process.terminationStatus, text: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8))
    }

    private func process(
        _ program: String, _ arguments: [String]
    ) throws -> (Process, output: URL, errors: URL) {
        let process = Process()
        process.executableURL = self.program(program)
        process.arguments = arguments
        process.environment = [
            "REKEY_SERVER": "127.0.0.1:\(port)", "REKEY_PLAINTEXT_ON_LOOPBACK": "true",
            "XDG_STATE_HOME": home.appending(path: "state").path, "TZ": "UTC",
            "PATH": "/usr/bin:/bin",
        ]
        process.standardInput = FileHandle.nullDevice
        func sink(_ name: String) throws -> (URL, FileHandle) {
            let url = home.appending(path: "\(program)-\(UUID()).\(name)")
            try Data().write(to: url)
            return (url, try FileHandle(forWritingTo: url))
        }
        let (output, outputHandle) = try sink("out")
        let (errors, errorsHandle) = try sink("err")
        process.standardOutput = outputHandle
        process.standardError = errorsHandle
        return (process, output, errors)
    }

    // MARK: Letters and files

    /// Waits for `count` mails and as many SMS, then gives the newest link and code.
    func letters(_ count: Int) async throws -> (link: String, code: String) {
        let letters = home.appending(path: "rekey/letters")
        func files(_ folder: String) -> [URL] {
            let names = try? FileManager.default.contentsOfDirectory(
                atPath: letters.appending(path: folder).path)
            return (names ?? []).sorted().map { letters.appending(path: "\(folder)/\($0)") }
        }
        while files("mail/new").count < count || files("sms").count < count {
            try await Task.sleep(for: .milliseconds(5))
        }
        func newest(_ folder: String, _ pattern: Regex<(Substring, Substring)>) throws -> String {
            for file in files(folder).reversed() {
                let text = try String(contentsOf: file, encoding: .utf8)
                    .replacingOccurrences(of: "=\n", with: "")
                if let match = text.firstMatch(of: pattern) { return String(match.1) }
            }
            throw NotStarted(log: "no letter in \(folder)")
        }
        return (
            try newest("mail/new", /#([A-Za-z0-9_-]+)>/), try newest("sms", /code (\S{5})\.\n/)
        )
    }

    /// Every byte of the data directory.
    func dataBytes() throws -> Data {
        let files = FileManager.default.enumerator(at: data, includingPropertiesForKeys: nil)
        var bytes = Data()
        for case let file as URL in files ?? .init() {
            bytes.append((try? Data(contentsOf: file)) ?? Data())
        }
        return bytes
    }

    /// Every file of the data directory with its content, to see whether anything changed.
    func dataFiles() throws -> [String: Data] {
        var contents: [String: Data] = [:]
        let files = FileManager.default.enumerator(at: data, includingPropertiesForKeys: nil)
        for case let file as URL in files ?? .init() {
            contents[file.path] = (try? Data(contentsOf: file)) ?? Data()
        }
        return contents
    }
}
