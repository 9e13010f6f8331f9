import ArgumentParser

struct PasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password", abstract: "Change the password of whoever is logged in.",
        subcommands: [PasswordChangeCommand.self])
}
