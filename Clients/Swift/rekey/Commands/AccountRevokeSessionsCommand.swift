import ArgumentParser
import RekeyCore

struct AccountRevokeSessionsCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke-sessions", abstract: "End every session of an account.")

    @OptionGroup var account: AccountArgument
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        try remote.show(await remote.call(RevokeSessions.self, account.request)) { reply, _ in
            reply.revoked == 1
                ? "1 session has ended.\n" : "\(reply.revoked) sessions have ended.\n"
        }
    }
}
