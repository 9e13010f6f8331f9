import ArgumentParser
import RekeyCore

struct ResetActivateCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "activate",
        abstract: "Choose a new password, with the link of the mail and the code of the SMS.")

    @OptionGroup var link: LinkOption
    @OptionGroup var code: CodeOption
    @OptionGroup var password: NewPasswordOptions
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let link = try remote.secrets.readLink(link.linkFile)
        let code = try remote.secrets.read(.code, code.codeFile)
        let new = try remote.secrets.readNewPassword(
            password.passwordFile, confirmation: password.confirmationFile)
        let request = Activate.Request(
            link: link, code: code, password: new.password, confirmation: new.confirmation)
        try remote.show(await remote.call(Activate.self, request)) { _, _ in
            """
            The new password is set and every session of the account has ended.
            Log in with it: rekey login IDENTIFIER

            """
        }
    }
}
