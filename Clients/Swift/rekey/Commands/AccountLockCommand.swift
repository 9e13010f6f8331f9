import ArgumentParser
import RekeyCore

struct AccountLockCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "lock",
        abstract: "Stop login and recovery; nothing is voided.")

    @OptionGroup var account: AccountArgument
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        try remote.show(await remote.call(LockAccount.self, account.request)) { account, _ in
            "\(account.profile.identifier.escaped) is locked.\n"
        }
    }
}
