import ArgumentParser

struct LettersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "letters", abstract: "Look at mails and SMS that wait to be sent.",
        subcommands: [LettersListCommand.self])
}
