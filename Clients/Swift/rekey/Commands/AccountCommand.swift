import ArgumentParser

struct AccountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account", abstract: "Open, look at, change and remove accounts (operators).",
        subcommands: [
            AccountCreateCommand.self, AccountShowCommand.self, AccountListCommand.self,
            AccountUpdateCommand.self, AccountLockCommand.self, AccountUnlockCommand.self,
            AccountDisableCommand.self, AccountEnableCommand.self,
            AccountRevokeSessionsCommand.self, AccountDeleteCommand.self,
        ])
}
