import ArgumentParser

struct SessionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Look at the session of 'rekey login', or end it.",
        subcommands: [
            SessionCheckCommand.self, SessionLogoutCommand.self,
        ])
}
