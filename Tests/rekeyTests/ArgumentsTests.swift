import ArgumentParser
import CommandLineTestSupport
import Testing

@testable import rekey

@Suite("Arguments")
struct ArgumentsTests {
    private static let all = NamedCommand.all(of: Rekey.self)

    @Test("R78, R79: no command takes a secret from an argument: only files are named")
    func noSecret() {
        let secret = ["link", "code", "password", "confirmation", "session", "token", "secret"]
        var files: Set<String> = []
        for command in Self.all {
            for (name, value) in command.options {
                guard let value, secret.contains(where: { name.contains($0) }) else { continue }
                #expect(name.hasSuffix("-file"), "\(command.path): \(name)")
                #expect(value == "<file>", "\(command.path): \(name) \(value)")
                files.insert(name)
            }
        }
        // The walk saw them all: it would prove nothing if it saw none.
        #expect(files == Set(SecretKind.allCases.map(\.option)))
    }

    @Test("R79: what stands without a name is an identifier, a method, a service or a file")
    func positional() {
        let names = Set(Self.all.flatMap(\.positionals))
        #expect(
            names.subtracting(["subcommand", "options"]) == [
                "identifier", "method", "service", "file",
            ])
    }

    @Test("every command has an abstract, and help fits 80 columns")
    func help() {
        for command in Self.all {
            #expect(!command.command.configuration.abstract.isEmpty, "\(command.path)")
            for line in command.help(columns: 80) where !line.hasPrefix("USAGE") {
                #expect(DisplayWidth.of(line) <= 80, "\(command.path): \(line)")
            }
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
