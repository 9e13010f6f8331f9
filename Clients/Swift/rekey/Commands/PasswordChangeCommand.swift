import ArgumentParser
import RekeyCore

struct PasswordChangeCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "change",
        abstract: "Choose another password. Every other session of the account ends.")

    @OptionGroup var session: SessionOption
    @OptionGroup var current: CurrentPasswordOption
    @OptionGroup var password: NewPasswordOptions
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let session = try session.read(remote)
        let current = try remote.secrets.read(.currentPassword, current.currentPasswordFile)
        let new = try remote.secrets.readNewPassword(
            password.passwordFile, confirmation: password.confirmationFile)
        let request = ChangePassword.Request(
            session: session, currentPassword: current, newPassword: new.password,
            confirmation: new.confirmation)
        try remote.show(await remote.call(ChangePassword.self, request)) { _, _ in
            "The password is changed and every other session has ended.\n"
        }
    }
}
