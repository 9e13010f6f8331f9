import ArgumentParser
import Testing

@testable import rekeyd

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

    /// Every command with its help, hidden arguments too.
    private static let all = walk(Rekeyd.self, []).map { path, command in
        (
            path: path,
            help: Rekeyd.helpMessage(for: command, includeHidden: true, columns: 200)
                .split(separator: "\n")
        )
    }

    /// What people hold that opens an account, by the words that would name it.
    private static let secret = [
        "link", "code", "password", "confirmation", "session", "token", "secret",
    ]

    @Test("R78, R79: no command of the server takes a secret or sets a password")
    func noSecret() {
        var names: Set<String> = []
        for (path, help) in Self.all {
            for line in help where line.hasPrefix("  ") {
                let words = line.split(separator: " ")
                guard let name = words.first(where: { $0.hasPrefix("--") }),
                    words[0].hasPrefix("-")
                else { continue }
                names.insert(String(name))
            }
            for word in Self.secret {
                #expect(!path.contains { $0.contains(word) }, "\(path)")
            }
        }
        for name in names {
            for word in Self.secret { #expect(!name.contains(word), "\(name)") }
        }
        // The walk saw them all: it would prove nothing if it saw none.
        #expect(names.isSuperset(of: ["--config", "--role", "--name", "--out", "--lost"]))
    }

    @Test("R79: what stands without a name is a place, a caller, a key's name or a setting")
    func positional() {
        var names: Set<String> = []
        for (_, help) in Self.all {
            guard let usage = help.first(where: { $0.hasPrefix("USAGE") }) else { continue }
            let words = usage.split(separator: " ").map(String.init)
            for (index, word) in words.enumerated() {
                guard word.hasPrefix("<") || word.hasPrefix("[<"),
                    !words[index - 1].contains("--")
                else { continue }
                names.insert(word.filter { $0.isLetter })
            }
        }
        #expect(
            names.subtracting(["subcommand", "options"]) == [
                "directory", "file", "name", "certificate", "purpose", "number", "settings",
            ])
    }

    @Test("R79: no setting takes a password, a code, a link or a session token")
    func settings() async throws {
        let named = Setting.all.filter { setting in
            Self.secret.contains { setting.key.contains($0) }
        }
        #expect(named.contains { $0.key == "policy.code-life" } && named.count > 10)
        let token = String(repeating: "AbCdEfGh", count: 9)
        let values = ["correct horse battery staple", "aB3xY", token, "https://a.fr/#\(token)"]
        for setting in named {
            for value in values {
                let settings = try await Settings.load(
                    file: nil, flags: [setting.flag, value], environment: [:])
                #expect(throws: Failure.self, "\(setting.key) takes \(value)") {
                    _ = try settings.policy()
                    _ = try settings.letterhead()
                }
            }
        }
    }
}
