import ArgumentParser
import RekeyCore

struct ResetResendCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend",
        abstract: "Have a new code sent for the same link. The old code dies.")

    @OptionGroup var link: LinkOption
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let request = ResendCode.Request(link: try remote.secrets.readLink(link.linkFile))
        try remote.show(await remote.call(ResendCode.self, request)) { reply, _ in
            """
            A new code is on its way; the one before is dead.
            It is valid until \(remote.moment(reply.codeValidUntil)). Codes left to send: \
            \(reply.resendsLeft)

            """
        }
    }
}
