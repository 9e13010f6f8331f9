import ArgumentParser
import RekeyCore

struct ResetRequestCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "request",
        abstract: "Have a mail with a link and an SMS with a code sent.",
        discussion: "The answer is the same whether or not there is such an account.")

    @Argument(help: "Customer number or mail address that the account is known by.")
    var identifier: String

    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let request = RequestReset.Request(identifier: identifier)
        try remote.show(await remote.call(RequestReset.self, request)) { reply, _ in
            """
            If this account exists, a mail with a link and an SMS with a code are on their way.
            The link opens for \(TimeText.length(reply.linkLife)). Then: rekey reset activate

            """
        }
    }
}
