import ArgumentParser
import RekeyCore

struct AccountDeleteCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Remove an account and all that is known about its owner.",
        discussion: """
            Only its owner can take that back, with the link in the mail that tells of it; until that \
            link is over, a day later unless the server is set otherwise, nobody opens another account \
            under the identifier. An account that was never activated makes room at once.
            """)

    @OptionGroup var account: AccountArgument

    @Flag(help: "Do not ask.")
    var yes = false

    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        if !yes { try confirm(remote.world.input) }
        try remote.show(await remote.call(DeleteAccount.self, account.request)) { _, _ in
            "\(account.identifier.escaped) is deleted.\n"
        }
    }

    private func confirm(_ input: Input) throws(CommandError) {
        guard input.isTerminal else {
            throw .usage("nobody is there to confirm the deletion", advice: "add --yes to delete")
        }
        let question =
            "Delete \(account.identifier.escaped)? Only its owner can take that back. Type yes: "
        guard try Prompt.shown(question, input).elementsEqual("yes".utf8) else {
            throw .usage("nothing was deleted")
        }
    }
}
