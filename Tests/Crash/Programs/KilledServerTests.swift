import Foundation
import Testing

@Suite("kill -9, and the flow goes on")
struct KilledServerTests {
    private let first = "my first long password"
    private let second = "my second long password"

    /// One step of the flow, with what the steps before left.
    private struct Story {
        let server: Installation
        var link = ""
        var code = ""
        /// Mails that have come so far.
        var mails = 0
    }

    private typealias Step = (name: String, act: (inout Story) async throws -> Void)

    private func expectDone(_ output: Installation.Output, _ step: String) {
        #expect(output.code == 0, "\(step): \(output.errors)")
    }

    /// The guide's steps, each a call of the real command line.
    private var steps: [Step] {
        [
            (
                "create",
                { story in
                    expectDone(
                        try await story.server.rekey(
                            "account", "create", "C-1", "--name", "Claire Martin", "--mail",
                            "claire@exemple.fr", "--mobile", "+33612345678", "--language", "fr"),
                        "create")
                }
            ),
            (
                "the first letters",
                { story in
                    story.mails = 1
                    (story.link, story.code) = try await story.server.letters(story.mails)
                }
            ),
            ("activate", { story in try await activate(story, first) }),
            (
                "request",
                { story in
                    expectDone(try await story.server.rekey("reset", "request", "C-1"), "request")
                }
            ),
            (
                "the letters",
                { story in
                    // The notice of the activation, and the new link.
                    story.mails = 3
                    (story.link, story.code) = try await story.server.letters(story.mails)
                }
            ),
            (
                "validate",
                { story in
                    expectDone(
                        try await story.server.rekey(
                            "reset", "validate", "--link-file", "-", input: [story.link]),
                        "validate")
                }
            ),
            ("activate again", { story in try await activate(story, second) }),
            ("log in", { story in expectDone(try await login(story, second), "log in") }),
            (
                "check",
                { story in
                    expectDone(try await story.server.rekey("session", "check"), "check")
                }
            ),
            (
                "nothing old works",
                { story in
                    #expect(try await login(story, first).code == 5)
                    let spent = try await story.server.rekey(
                        "reset", "validate", "--link-file", "-", input: [story.link])
                    #expect(spent.code == 4)
                }
            ),
            (
                "its failed login is counted",
                { story in
                    let failed = try await failedLogins(story)
                    #expect(failed == 1)
                }
            ),
            (
                "log in once more",
                { story in expectDone(try await login(story, second), "log in once more") }
            ),
            (
                "none is counted any more",
                { story in
                    let failed = try await failedLogins(story)
                    #expect(failed == 0)
                }
            ),
        ]
    }

    private func failedLogins(_ story: Story) async throws -> Int? {
        let shown = try await story.server.rekey("account", "show", "C-1", "--json")
        expectDone(shown, "show")
        let account = try JSONSerialization.jsonObject(with: Data(shown.text.utf8))
        return (account as? [String: Any])?["loginFailures"] as? Int
    }

    private func activate(_ story: Story, _ password: String) async throws {
        expectDone(
            try await story.server.rekey(
                "reset", "activate", "--link-file", "-", "--code-file", "-", "--password-file",
                "-", "--confirmation-file", "-",
                input: [story.link, story.code, password, password]), "activate")
    }

    private func login(_ story: Story, _ password: String) async throws -> Installation.Output {
        try await story.server.rekey("login", "C-1", "--password-file", "-", input: [password])
    }

    @Test("R17, R48, R54: killed after every single step, it loses nothing and no letter")
    func everyStep() async throws {
        var story = Story(server: try await Installation())
        #expect(try await story.server.initialize().code == 0)
        try await story.server.start()
        for step in steps {
            try await step.act(&story)
            await story.server.kill9()
            try await story.server.start()
        }
        #expect(await story.server.stop() == 0)
    }

    @Test("R28: a guess that was answered stays counted when the server is killed after each")
    func guesses() async throws {
        var story = Story(server: try await Installation())
        try await story.server.initialize()
        try await story.server.start()
        for step in steps.prefix(5) { try await step.act(&story) }
        for _ in 0..<5 {
            let guess = try await story.server.rekey(
                "reset", "activate", "--link-file", "-", "--code-file", "-", "--password-file",
                "-", "--confirmation-file", "-", input: [story.link, "?????", second, second])
            #expect(guess.code == 4)
            await story.server.kill9()
            try await story.server.start()
        }
        let right = try await story.server.rekey(
            "reset", "activate", "--link-file", "-", "--code-file", "-", "--password-file", "-",
            "--confirmation-file", "-", input: [story.link, story.code, second, second])
        #expect(right.code == 4)
    }

    @Test("A letter that waits while the server is killed goes out after the next start")
    func waitingLetter() async throws {
        var story = Story(server: try await Installation())
        try await story.server.initialize()
        try await story.server.start()
        for step in steps.prefix(3) { try await step.act(&story) }
        _ = try await story.server.letters(2)
        // From here on the courier finds no folder to write to.
        let mail = story.server.home.appending(path: "rekey/letters/mail")
        let aside = story.server.home.appending(path: "aside")
        try FileManager.default.moveItem(at: mail, to: aside)
        try Data().write(to: mail)
        try await steps[3].act(&story)
        await story.server.kill9()
        try FileManager.default.removeItem(at: mail)
        try FileManager.default.moveItem(at: aside, to: mail)
        try await story.server.start()
        (story.link, story.code) = try await story.server.letters(3)
        try await activate(story, second)
    }

    @Test("R13, R58: the data directory yields no link, code, password or session token")
    func noSecretOnDisk() async throws {
        var story = Story(server: try await Installation())
        try await story.server.initialize()
        try await story.server.start()
        var secrets: [String] = []
        var codes: [String] = []
        for step in steps.prefix(8) {
            try await step.act(&story)
            secrets.append(story.link)
            codes.append(story.code)
        }
        let login = try await story.server.rekey(
            "login", "C-1", "--password-file", "-", "--session-file", "-", input: [second])
        let token = login.text.trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(token.count > 60)
        await story.server.stop()
        secrets = Set(secrets + [token, first, second]).filter { !$0.isEmpty }.sorted()
        codes = Set(codes).filter { !$0.isEmpty }.sorted()
        #expect(secrets.count == 5 && codes.count == 2)

        #expect(try found(secrets, codes, in: story.server.dataBytes()).isEmpty)
        // The same search finds each of them when it is there, as text and as a field of a record.
        for secret in secrets + codes {
            let planted = story.server.data.appending(path: "planted")
            for form in forms(of: secret) {
                try (Data("…".utf8) + form + Data("…".utf8)).write(to: planted)
                let bytes = try story.server.dataBytes()
                #expect(try found(secrets, codes, in: bytes).contains(secret))
            }
            try FileManager.default.removeItem(at: planted)
        }
    }

    /// Those of the secrets that somebody who knows this program would find.
    private func found(_ secrets: [String], _ codes: [String], in bytes: Data) throws -> [String] {
        (secrets + codes).filter { secret in
            forms(of: secret).contains { bytes.range(of: $0) != nil }
        }
    }

    /// How a secret could rest: as text, as a length-prefixed field, undone from its base64url. A
    /// code is five characters that turn up by chance, so it counts only as a field or a word.
    private func forms(of secret: String) -> [Data] {
        let text = Data(secret.utf8)
        if secret.utf8.count == 5 {
            return [Data([5]) + text, Data(" ".utf8) + text + Data(".".utf8)]
        }
        let base64 = secret.replacingOccurrences(of: "-", with: "+")
            .replacingOccurrences(of: "_", with: "/")
        let padded = base64.padding(
            toLength: (base64.count + 3) / 4 * 4, withPad: "=", startingAt: 0)
        guard secret.count > 60, let raw = Data(base64Encoded: padded) else { return [text] }
        // The last 16 bytes are the MAC: who has them has the token.
        return [text, raw.suffix(16)]
    }
}
