import ArgumentParser
import RekeyCore

struct ResetValidateCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Tell whether a link is good, and until when. Changes nothing.")

    @OptionGroup var link: LinkOption
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let request = ValidateLink.Request(link: try remote.secrets.readLink(link.linkFile))
        try remote.show(await remote.call(ValidateLink.self, request)) { reply, output in
            Facts([
                "The link": reply.isActivation
                    ? "is good: it activates a new account" : "is good: it resets a password",
                "Valid until": remote.moment(reply.validUntil),
                "Code valid until": remote.moment(reply.codeValidUntil),
                "Codes left to send": "\(reply.resendsLeft)",
                "Mail": reply.maskedMail,
                "Mobile": reply.maskedMobile,
                "Password": "at least \(reply.password.codePointsMin) characters, at most "
                    + "\(reply.password.bytesMax) bytes",
            ]).text(columns: output.columns)
        }
    }
}
