import ArgumentParser
import RekeyCore

struct AccountShowCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show one account.")

    @OptionGroup var account: AccountArgument
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        try remote.show(await remote.call(GetAccount.self, account.request)) { account, output in
            Facts(account, remote.moment).text(columns: output.columns)
        }
    }
}

extension Facts {
    init(_ account: AccountSummary, _ moment: (Timestamp) -> String) {
        self.init([
            "Identifier": account.profile.identifier,
            "Name": account.profile.name,
            "Mail": account.profile.mail,
            "Mobile": account.profile.mobile
                + (account.mobileConfirmed ? " (confirmed)" : " (not confirmed yet)"),
            "Language": account.profile.language.rawValue,
            "State": account.state.name
                + (account.contactHoldUntil.map { "; recovery paused until \(moment($0))" } ?? ""),
            "Sessions": "\(account.liveSessions)",
            "Open resets": "\(account.openResets)",
            "Failed logins": "\(account.loginFailures)",
            "Created": moment(account.createdAt),
            "Version": "\(account.version)",
            "Id": "\(account.id)",
        ])
    }
}
