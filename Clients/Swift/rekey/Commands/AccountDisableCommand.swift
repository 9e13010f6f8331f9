import ArgumentParser
import RekeyCore

struct AccountDisableCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Stop login and recovery, and end all sessions and links.")

    @OptionGroup var account: AccountArgument
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        try remote.show(await remote.call(DisableAccount.self, account.request)) { account, _ in
            "\(account.profile.identifier.escaped) is disabled; its sessions and links have ended.\n"
        }
    }
}
