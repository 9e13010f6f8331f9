import ArgumentParser
import RekeyCore

struct ContactCancelChangeCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel-change",
        abstract: "Restore the contacts of before, with the link of the mail that went there.",
        discussion: """
            Ends every session of the account, and the pause of its recovery. The link of a mail that \
            tells of a deletion restores the account.
            """)

    @OptionGroup var link: LinkOption
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let request = CancelContactChange.Request(
            link: try remote.secrets.readLink(link.linkFile))
        try remote.show(await remote.call(CancelContactChange.self, request)) { _, _ in
            """
            The contacts are those of before and every session of the account has ended.
            If it was deleted, or somebody may know the password, choose another one:
            rekey reset request IDENTIFIER

            """
        }
    }
}
