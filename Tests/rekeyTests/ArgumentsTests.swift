import ArgumentParser
import Testing

@testable import rekey

@Suite("Arguments")
struct ArgumentsTests {
    /// Every command with the words that lead to it.
    private static func walk(
        _ command: any ParsableCommand.Type, _ path: [String]
    ) -> [(path: [String], command: any ParsableCommand.Type)] {
        [(path, command)]
            + command.configuration.subcommands.flatMap {
                walk($0, path + [$0.configuration.commandName ?? ""])
            }
    }

    private static let all = walk(Rekey.self, [])

    /// "--limit" and the like as the help shows them, each with what it takes, or nil for a flag.
    private static func options(_ help: String) -> [(name: String, value: String?)] {
        help.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard line.hasPrefix("  "), let name = words.first(where: { $0.hasPrefix("--") }),
                words[0].hasPrefix("-")
            else { return nil }
            let next = words.drop { $0 != name }.dropFirst().first
            return (String(name), next.flatMap { $0.hasPrefix("<") ? String($0) : nil })
        }
    }

    @Test("R78, R79: no command takes a secret from an argument: only files are named")
    func noSecret() {
        let secret = ["link", "code", "password", "confirmation", "session", "token", "secret"]
        var files: Set<String> = []
        for (path, command) in Self.all {
            for (name, value) in Self.options(Rekey.helpMessage(for: command, columns: 200)) {
                guard let value, secret.contains(where: { name.contains($0) }) else { continue }
                #expect(name.hasSuffix("-file"), "\(path): \(name)")
                #expect(value == "<file>", "\(path): \(name) \(value)")
                files.insert(name)
            }
        }
        // The walk saw them all: it would prove nothing if it saw none.
        #expect(files == Set(SecretKind.allCases.map(\.option)))
    }

    @Test("R79: what stands without a name is an identifier, a method, a service or a file")
    func positional() {
        for (path, command) in Self.all {
            let help = Rekey.helpMessage(for: command, columns: 200)
            guard let usage = help.split(separator: "\n").first(where: { $0.hasPrefix("USAGE") })
            else { continue }
            let words = usage.split(separator: " ").map(String.init)
            for (index, word) in words.enumerated() {
                guard word.hasPrefix("<") || word.hasPrefix("[<"),
                    !words[index - 1].contains("--")
                else { continue }
                let name = word.filter { $0.isLetter }
                #expect(
                    ["identifier", "method", "service", "file", "subcommand", "options"]
                        .contains(name),
                    "\(path): \(word)")
            }
        }
    }

    @Test("every command has an abstract, and help fits 80 columns")
    func help() {
        for (path, command) in Self.all {
            #expect(!command.configuration.abstract.isEmpty, "\(path)")
            let help = Rekey.helpMessage(for: command, columns: 80)
            let options = help.split(separator: "\n").filter { !$0.hasPrefix("USAGE") }
            for line in options { #expect(DisplayWidth.of(line) <= 80, "\(path): \(line)") }
        }
    }

    @Test(
        "wrong use is refused before anything is sent",
        arguments: [
            ["account", "list", "--limit", "0"], ["account", "list", "--limit", "1001"],
            ["account", "list", "--after", "x"], ["account", "list", "--all", "--limit", "5"],
            ["account", "update", "a"], ["health", "--timeout", "31"],
            ["health", "--timeout", "0"], ["login"], ["login", "a", "secret"],
            [
                "account", "create", "a", "--name", "n", "--mail", "m", "--mobile", "+33",
                "--language",
                "de",
            ], ["reset", "activate", "a-link"], ["bench"], ["bench", "Health", "--depth", "101"],
            ["bench", "Health", "--connections", "0"], ["bench", "Health", "--duration", "0"],
            ["bench", "RequestReset", "--population", "50001"],
        ])
    func refused(_ arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Rekey.parseAsRoot(arguments) }
        #expect(error.map { Rekey.exitCode(for: $0).rawValue } == ExitClass.usage.rawValue)
    }
}
