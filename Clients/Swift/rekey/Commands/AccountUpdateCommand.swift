import ArgumentParser
import RekeyCore

struct AccountUpdateCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Change name, contacts or language of an account.")

    @OptionGroup var account: AccountArgument

    @Option(help: "Whose account it is.")
    var name: String?

    @Option(help: "Where mails go.")
    var mail: String?

    @Option(help: "Where SMS go, like +33612345678.")
    var mobile: String?

    @Option(help: "The language of its letters: fr or en.")
    var language: Language?

    @Option(
        help: ArgumentHelp(
            "Change it only if it still has this version. (default: the one it has now)",
            valueName: "number"))
    var expectedVersion: UInt64?

    @OptionGroup var remote: RemoteOptions

    func validate() throws {
        guard name != nil || mail != nil || mobile != nil || language != nil else {
            throw ValidationError("Give at least one of --name, --mail, --mobile and --language.")
        }
    }

    func run(_ remote: Remote) async throws(CommandError) {
        let version =
            if let expectedVersion {
                expectedVersion
            } else {
                try await remote.call(GetAccount.self, account.request).version
            }
        let request = UpdateAccount.Request(
            identifier: account.identifier, expectedVersion: version, name: name, mail: mail,
            mobile: mobile, language: language)
        try remote.show(await remote.call(UpdateAccount.self, request)) { account, _ in
            let changed =
                "\(account.profile.identifier.escaped) is changed; it has version "
                + "\(account.version) now.\n"
            guard let until = account.contactHoldUntil else { return changed }
            return changed + """
                Its contacts of before are told, and may take the change back.
                Nobody recovers it until \(remote.moment(until)).

                """
        }
    }
}
