import ArgumentParser

struct ContactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact",
        abstract: "Take back what was changed of an account's contacts, or its deletion.",
        subcommands: [ContactCancelChangeCommand.self])
}
