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

    /// Comparisons that stop at the first difference, by the file that may have them and why.
    private static let allowed = [
        "RekeySecrets/PasswordRecord+PHC.swift": "words of a format",
        "RekeySecrets/KeyRing+Text.swift": "the first line of a file",
        "RekeyWire/WireText.swift": "names of methods",
        "RekeyServer/Endpoint.swift": "names of methods",
    ]

    @Test(
        "R32: nothing that ships compares bytes up to the first difference, where a secret may be")
    func comparisons() throws {
        let sources = try Self.sources()
        #expect(sources.count > 200)
        var found: Set<String> = []
        for (path, lines) in sources {
            for line in lines where line.contains("elementsEqual(") || line.contains(" memcmp(") {
                found.insert(path)
            }
            // Bytes that were lent are judged by `isEqual(to:)`, which takes the same time for all.
            for line in lines where line.contains("withBytes") {
                #expect(!line.contains("=="), "\(path): \(line)")
            }
        }
        #expect(found == Set(Self.allowed.keys))
    }
}
