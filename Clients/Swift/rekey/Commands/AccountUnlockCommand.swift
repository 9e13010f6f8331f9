import ArgumentParser
import RekeyCore

struct AccountUnlockCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "unlock",
        abstract: "Take back a lock or a suspension.")

    @OptionGroup var account: AccountArgument
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        try remote.show(await remote.call(UnlockAccount.self, account.request)) { account, _ in
            "\(account.profile.identifier.escaped) is unlocked: it is \(account.state.name) now.\n"
        }
    }
}
