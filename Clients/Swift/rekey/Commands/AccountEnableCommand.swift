import ArgumentParser
import RekeyCore

struct AccountEnableCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Take back a disabling.")

    @OptionGroup var account: AccountArgument
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        try remote.show(await remote.call(EnableAccount.self, account.request)) { account, _ in
            "\(account.profile.identifier.escaped) is enabled: it is \(account.state.name) now.\n"
        }
    }
}
