import ArgumentParser
import RekeyCore

struct LoginCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "Open a session with a password.",
        discussion: """
            The session is stored in a file that only its owner reads, and is never shown. A \
            session that is still stored there ends.
            """)

    @Argument(help: "Customer number or mail address that the account is known by.")
    var identifier: String

    @OptionGroup var password: PasswordOption

    @Option(
        help: ArgumentHelp(
            """
            Where to store the session; '-' prints it and nothing else. \
            (default: $XDG_STATE_HOME/rekey/session)
            """, valueName: "file"))
    var sessionFile: String?

    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let file =
            sessionFile == "-" ? nil : try SessionFile(sessionFile, remote.world.environment)
        let earlier = try file?.read()
        let request = Login.Request(
            identifier: identifier,
            password: try remote.secrets.read(.password, password.passwordFile),
            earlierSession: earlier)
        let reply = try await remote.call(Login.self, request)
        guard let file else { return try print(reply, remote) }
        do throws(CommandError) {
            try file.write(reply.session)
        } catch {
            // A session that nobody holds is only a risk.
            _ = try? await remote.call(Logout.self, Logout.Request(session: reply.session))
            throw error
        }
        try remote.show(reply, hiding: "session") { reply, _ in
            """
            Logged in until \(remote.moment(reply.validUntil)), or \(TimeText.length(reply.idle)) \
            without use.
            The session is in \(file.path.escaped)

            """
        }
    }

    private func print(_ reply: Login.Reply, _ remote: Remote) throws(CommandError) {
        let token = reply.session.withBytes { String(decoding: $0, as: UTF8.self) }
        try remote.show(reply) { _, _ in token + "\n" }
    }
}
