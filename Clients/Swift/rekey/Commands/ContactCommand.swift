import ArgumentParser

struct ContactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact", abstract: "Take back what was changed of an account's contacts.",
        subcommands: [ContactCancelChangeCommand.self])
}
