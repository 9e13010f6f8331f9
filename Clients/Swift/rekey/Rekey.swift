import ArgumentParser

/// The command line.
@main
struct Rekey: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rekey",
        abstract: "Give people their account back, and look after accounts.",
        discussion: """
            Secrets (links, codes, passwords, sessions) are asked for at the terminal, or read from \
            files and standard input; never from an argument.
            """,
        version: "rekey, protocol version 1",
        subcommands: [
            ResetCommand.self, LoginCommand.self, SessionCommand.self, PasswordCommand.self,
            ContactCommand.self, AccountCommand.self, LettersCommand.self, StatusCommand.self,
            HealthCommand.self,
            CallCommand.self, BenchCommand.self, ExitCodesCommand.self,
        ])
}
