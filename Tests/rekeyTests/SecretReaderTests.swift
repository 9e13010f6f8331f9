import Foundation
import RekeyCore
import RekeyWire
import Testing

@testable import rekey

@Suite("Reading secrets")
struct SecretReaderTests {
    private func reader(_ input: String) throws -> SecretReader {
        SecretReader(input: try Standing.input(input))
    }

    @Test("R79: several '-' read successive lines of standard input")
    func lines() throws {
        let reader = try reader("the link\ncode1\nold one\nnew one\nnew one")
        #expect(try reader.readLink("-").text == "the link")
        #expect(try reader.read(.code, "-").text == "code1")
        #expect(try reader.read(.currentPassword, "-").text == "old one")
        let new = try reader.readNewPassword("-", confirmation: "-")
        #expect(new.password.text == "new one")
        #expect(new.confirmation.text == "new one")
    }

    @Test("says which line is missing when standard input ends too early")
    func linesMissing() throws {
        let reader = try reader("the link\n")
        _ = try reader.readLink("-")
        let error = #expect(throws: CommandError.self) { try reader.read(.code, "-") }
        #expect(error?.exit == .usage)
        #expect(error?.failure.message.contains("code") == true)
    }

    @Test("strips one newline from a file, and nothing else")
    func newline() async throws {
        try await Standing.inFolder { folder in
            for (content, secret) in [
                ("a", "a"), ("a\n", "a"), ("a\n\n", "a\n"), (" a \r\n", " a \r"),
                ("a\nb\n", "a\nb"),
            ] {
                let file = "\(folder)/secret"
                try Data(content.utf8).write(to: URL(fileURLWithPath: file))
                #expect(try reader("").read(.password, file).text == secret)
            }
        }
    }

    @Test("a password from a file stands for its confirmation, unless another file is named")
    func confirmation() async throws {
        try await Standing.inFolder { folder in
            let (one, other) = ("\(folder)/one", "\(folder)/other")
            try Data("one".utf8).write(to: URL(fileURLWithPath: one))
            try Data("other".utf8).write(to: URL(fileURLWithPath: other))
            let reader = try reader("")
            #expect(try reader.readNewPassword(one, confirmation: nil).confirmation.text == "one")
            #expect(throws: CommandError.self) {
                try reader.readNewPassword(one, confirmation: other)
            }
        }
    }

    @Test(
        "takes the token of a link out of the whole address",
        arguments: [
            ("https://ep.example.fr/ep#AQAB-_", "AQAB-_"), ("#AQAB", "AQAB"), ("AQAB", "AQAB"),
            ("https://ep.example.fr/ep#cancel=AQAB-_", "AQAB-_"),
        ])
    func link(_ given: String, _ token: String) throws {
        #expect(try reader("\(given)\n").readLink("-").text == token)
    }

    @Test(
        "refuses a link without a token, and any empty secret",
        arguments: ["https://a.fr/#", "https://a.fr/#cancel=", ""])
    func empty(_ given: String) throws {
        let reader = try reader("\(given)\n")
        #expect(throws: CommandError.self) { try reader.readLink("-") }
    }

    @Test(
        "R79: without terminal and option, the error names the option",
        arguments: SecretKind.allCases)
    func missing(_ kind: SecretKind) throws {
        let reader = try reader("a line that was not asked for\n")
        let error = #expect(throws: CommandError.self) { try reader.read(kind, nil) }
        #expect(error?.exit == .usage)
        #expect(error?.advice?.contains(kind.option) == true)
    }

    @Test("a file that cannot be read is an error of its own class")
    func unreadable() throws {
        let reader = try reader("")
        let error = #expect(throws: CommandError.self) { try reader.read(.code, "/nowhere/at/all") }
        #expect(error?.exit == .cannotRead)
    }
}
