// What both programs' tests ask of their command lines: which commands there are, and what each takes,
// read from the help that their users read.

public import ArgumentParser

/// A command of a program with the words that lead to it.
public struct NamedCommand: Sendable {
    public let path: [String]
    public let command: any ParsableCommand.Type
    private let root: any ParsableCommand.Type

    /// The program itself and every command below it.
    public static func all(of root: any ParsableCommand.Type) -> [NamedCommand] {
        walk(root, [], root)
    }

    private static func walk(
        _ command: any ParsableCommand.Type, _ path: [String], _ root: any ParsableCommand.Type
    ) -> [NamedCommand] {
        [NamedCommand(path: path, command: command, root: root)]
            + command.configuration.subcommands.flatMap {
                walk($0, path + [$0.configuration.commandName ?? ""], root)
            }
    }

    /// The help's lines, as wide as this, hidden arguments too.
    public func help(columns: Int) -> [Substring] {
        root.helpMessage(for: command, includeHidden: true, columns: columns)
            .split(separator: "\n")
    }

    /// "--limit" and the like, each with what it takes, or nil for a flag.
    public var options: [(name: String, value: String?)] {
        help(columns: 200).compactMap { line in
            let words = line.split(separator: " ")
            guard line.hasPrefix("  "), let name = words.first(where: { $0.hasPrefix("--") }),
                words[0].hasPrefix("-")
            else { return nil }
            let next = words.drop { $0 != name }.dropFirst().first
            return (String(name), next.flatMap { $0.hasPrefix("<") ? String($0) : nil })
        }
    }

    /// What stands without a name, "identifier" and the like.
    public var positionals: [String] {
        guard let usage = help(columns: 200).first(where: { $0.hasPrefix("USAGE") }) else {
            return []
        }
        let words = usage.split(separator: " ")
        return words.indices.compactMap { index in
            let word = words[index]
            guard word.hasPrefix("<") || word.hasPrefix("[<"), !words[index - 1].contains("--")
            else { return nil }
            return word.filter { $0.isLetter }
        }
    }
}
