import ArgumentParser

struct ResetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset", abstract: "Get back into an account.",
        subcommands: [
            ResetRequestCommand.self, ResetValidateCommand.self, ResetResendCommand.self,
            ResetActivateCommand.self,
        ])
}
