import CommandLineTestSupport
import Testing

@testable import rekeyd

@Suite("Arguments")
struct ArgumentsTests {
    private static let all = NamedCommand.all(of: Rekeyd.self)

    /// What people hold that opens an account, by the words that would name it.
    private static let secret = [
        "link", "code", "password", "confirmation", "session", "token", "secret",
    ]

    @Test("R78, R79: no command of the server takes a secret or sets a password")
    func noSecret() {
        let names = Set(Self.all.flatMap(\.options).map(\.name))
        for word in Self.secret {
            for command in Self.all {
                #expect(!command.path.contains { $0.contains(word) }, "\(command.path)")
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
        let names = Set(Self.all.flatMap(\.positionals))
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
