import ArgumentParser
import RekeyCore
import RekeySecrets

/// `rekeyd keys list`: which keys there are, and which of them may go.
struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show the keys by purpose and number, never the keys themselves.",
        discussion: "Also while a server runs, which may have started before the newest of them.")

    @OptionGroup var location: KeysLocation

    func run() async throws {
        let ring = try await location.find().ownRing()
        for line in Self.lines(ring) { print(line) }
    }

    /// A line a key.
    static func lines(_ ring: KeyRing) -> [String] {
        let head = line("purpose", "number", "made", "state")
        return [head]
            + KeyPurpose.allCases.flatMap { purpose in
                ring.entries(of: purpose).map { entry in
                    line(
                        purpose.rawValue, "\(entry.number)", entry.madeAt?.text ?? "unknown",
                        state(purpose, entry.end))
                }
            }
    }

    private static func state(_ purpose: KeyPurpose, _ end: KeyRing.End?) -> String {
        switch (end, KeyRing.longestLife(of: purpose)) {
        case (nil, _): "current"
        case (.since(let instant), let life?):
            "old since \(instant.text), may go from \((instant + life).text)"
        case (.since(let instant), nil):
            "old since \(instant.text), may go when no password names it"
        case (.unknown, let life?):
            "old, may go \(life.components.seconds / 3600) h after the next rotation"
        case (.unknown, nil): "old, may go when no password names it"
        }
    }

    private static func line(_ columns: String...) -> String {
        zip(columns, [12, 8, 22, 0]).map { text, width in
            text + String(repeating: " ", count: max(0, width - text.utf8.count))
        }.joined()
    }
}
