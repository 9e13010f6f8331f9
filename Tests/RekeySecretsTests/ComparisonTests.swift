import Foundation
import Testing

@Suite("How secrets are compared")
struct ComparisonTests {
    /// Everything that ships, by its path from the top.
    private static func sources() throws -> [(path: String, lines: [Substring])] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")
        let files = try #require(
            FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.map {
            file in
            let text = try String(contentsOf: file, encoding: .utf8)
            return (String(file.path.dropFirst(root.path.count + 1)), text.split(separator: "\n"))
        }
    }

    /// What in a line may tell by its time how much of a secret was right.
    private enum Fault: Hashable, CaseIterable {
        /// Stops at the first difference.
        case stopsEarly
        /// `==` beside bytes that were lent: `isEqual(to:)` takes the same time for all.
        case comparesLent
        /// `==` between two values, one of which bears the name of a secret.
        case comparesNamed
    }

    private static func faults(_ line: Substring) -> Set<Fault> {
        var faults: Set<Fault> = []
        let rest = line.replacing("sodium_memcmp(", with: "")
        let stopping = ["elementsEqual(", "memcmp(", "bcmp(", "strcmp(", "strncmp("]
        if stopping.contains(where: { rest.contains($0) }) { faults.insert(.stopsEarly) }
        if line.contains("withBytes"), line.contains("==") { faults.insert(.comparesLent) }
        let words = line.split(separator: " ")
        for (index, word) in words.enumerated() where word == "==" || word == "!=" {
            let sides = [index - 1, index + 1].filter { words.indices.contains($0) }
                .map { words[$0] }
            if sides.contains(where: isSecret), !sides.contains(where: isConstant) {
                faults.insert(.comparesNamed)
            }
        }
        return faults
    }

    /// Whether the last name in it is one that secrets have: "manifest.tag", "(presentedToken)".
    private static func isSecret(_ operand: Substring) -> Bool {
        let names = operand.split { !$0.isLetter && !$0.isNumber }.filter { $0 != "bytes" }
        guard let name = names.last?.lowercased() else { return false }
        return ["token", "tag", "code", "mac", "secret", "password"]
            .contains { name.hasSuffix($0) }
    }

    /// "nil", ".corrupt", "0": nobody's secret is compared with one.
    private static func isConstant(_ operand: Substring) -> Bool {
        operand.hasPrefix("nil") || operand.hasPrefix(".") || operand.hasPrefix("\"")
            || operand.first?.isNumber == true
    }

    /// The files that may have one, and why.
    private static let allowed: [Fault: [String: String]] = [
        .stopsEarly: [
            "RekeySecrets/PasswordRecord+PHC.swift": "words of a format",
            "RekeySecrets/KeyRing+Text.swift": "the first line of a file",
            "RekeyWire/WireText.swift": "names of methods",
            "RekeyServer/Endpoint.swift": "names of methods",
        ],
        .comparesLent: [:],
        .comparesNamed: [
            "RekeyService/Passwords.swift": "two Secrets, whose == takes the same time for all",
            "RekeyJournal/Journal+Open.swift": "the store's tag, which is no secret",
            "rekeyd/KeyedStore.swift": "the store's tag",
            "rekeyd/KeysVerifyCommand.swift": "the store's tag",
            "rekeyd/RingReplacement.swift": "the store's tag",
            "rekeyd/ServeCommand.swift": "the store's tag",
        ],
    ]

    @Test(
        "R32: nothing that ships compares bytes up to the first difference, where a secret may be")
    func comparisons() throws {
        let sources = try Self.sources()
        #expect(sources.count > 200)
        var found: [Fault: Set<String>] = [:]
        for (path, lines) in sources {
            for line in lines {
                for fault in Self.faults(line) { found[fault, default: []].insert(path) }
            }
        }
        for fault in Fault.allCases {
            let allowed = Self.allowed[fault, default: [:]]
            #expect(found[fault, default: []] == Set(allowed.keys), "\(fault)")
        }
    }

    @Test("R32: a line that compares a secret like anything else is found, whatever it looks like")
    func planted() {
        let bad: [(line: Substring, fault: Fault)] = [
            ("        guard tag.elementsEqual(expected) else { return nil }", .stopsEarly),
            ("            && memcmp(token, other, 16) == 0", .stopsEarly),
            ("        if !memcmp(token, other, 16) {", .stopsEarly),
            ("        secret.withBytes { Array($0) == expected }", .comparesLent),
            ("        return presentedTag == expected", .comparesNamed),
            ("        guard expected == record.tag else { return false }", .comparesNamed),
            ("            && Array(token) != stored", .comparesNamed),
            ("        if (code == typed) { return true }", .comparesNamed),
            ("        let isRight = key.mac() == other", .comparesNamed),
            ("            == secret.bytes", .comparesNamed),
            ("        guard request.password == kept else {", .comparesNamed),
        ]
        for (line, fault) in bad { #expect(Self.faults(line).contains(fault), "\(line)") }
        let good: [Substring] = [
            "        return sodium_memcmp(left, right, count) == 0",
            "        $0.slice(0, 16).isEqual(to: presented)",
            "        guard error.code == .corrupt else { throw error }",
            "        if subject.account?.password == nil { return nil }",
            "        guard record.tag.count == 32 else { return nil }",
            "        guard reset.codeGeneration == letter.codeGeneration else { return }",
        ]
        for line in good { #expect(Self.faults(line).isEmpty, "\(line)") }
    }

    /// The lines of a method between its first and its last.
    private static func body(of declaration: String, in path: String) throws -> [Substring] {
        let lines = try #require(try sources().first { $0.path == path }).lines
        let start = try #require(lines.firstIndex { $0.contains(declaration) })
        return Array(lines[(start + 1)...].prefix { $0 != "    }" })
    }

    @Test("R32: what compares secrets looks at every byte, and leaves early for the length alone")
    func comparing() throws {
        let buffers = try Self.body(
            of: "func isEqual(to other: UnsafeRawBufferPointer)",
            in: "RekeySecrets/Scratch.swift")
        #expect(buffers.count == 2)
        #expect(buffers.first?.contains("guard count == other.count else") == true)
        #expect(buffers.last?.contains("return sodium_memcmp(") == true)

        let secrets = try Self.body(
            of: "static func == (left: Secret, right: Secret)",
            in: "RekeyCore/Values/Secret.swift")
        #expect(secrets.first?.contains("guard left.count == right.count else") == true)
        #expect(secrets.last?.contains("return difference == 0") == true)
        let between = secrets.dropFirst().dropLast()
        #expect(between.contains { $0.contains("|=") })
        let leaving = ["return", "break", "continue", "throw", "if ", "guard", "while", "&&", "||"]
        for line in between {
            for word in leaving { #expect(!line.contains(word), "\(line)") }
        }
    }
}
