import ArgumentParser
import RekeyCore
import RekeyWire

struct SessionLogoutCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "logout", abstract: "End the session and remove its file.")

    @OptionGroup var session: SessionOption
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let request = Logout.Request(session: try session.read(remote))
        let reply: Logout.Reply
        do throws(CommandError) {
            reply = try await remote.call(Logout.self, request)
        } catch {
            // What the server does not know as a session is worth nothing in the file either.
            if error.failure.reason == Reason.sessionInvalid.rawValue {
                try session.file(remote)?.remove()
            }
            throw error
        }
        try session.file(remote)?.remove()
        try remote.show(reply) { _, _ in "Logged out.\n" }
    }
}
