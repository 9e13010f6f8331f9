import ArgumentParser
import RekeyCore

struct AccountCreateCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Open an account; its owner gets a link and a code to activate it.")

    @OptionGroup var account: AccountArgument

    @Option(help: "Whose account it is.")
    var name: String

    @Option(help: "Where mails go.")
    var mail: String

    @Option(help: "Where SMS go, like +33612345678.")
    var mobile: String

    @Option(help: "The language of its letters: fr or en.")
    var language: Language

    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let request = CreateAccount.Request(
            identifier: account.identifier, name: name, mail: mail, mobile: mobile,
            language: language)
        try remote.show(await remote.call(CreateAccount.self, request)) { account, _ in
            """
            \(account.profile.identifier.escaped) is opened and \(account.state.name): a mail with \
            a link and an SMS with a code
            are on their way to its owner.

            """
        }
    }
}
