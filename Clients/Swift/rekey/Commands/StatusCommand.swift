import ArgumentParser
import RekeyCore

struct StatusCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show the state of the server (operators).")

    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        try remote.show(await remote.call(ServerStatus.self, Nothing())) { reply, output in
            Facts([
                "Started": remote.moment(reply.startedAt),
                "Service time": remote.moment(reply.now),
                "Accounts": "\(reply.accounts)",
                "Letters waiting": "\(reply.lettersWaiting)",
                "Connections": "\(reply.connections)",
                "Durable batch": "\(reply.durableSequence)",
                "Log to replay": "\(reply.logBytesSinceCheckpoint) bytes",
                "Disk": reply.isDiskFull
                    ? "full: only Logout, DisableAccount and RevokeSessions are written"
                    : "has room",
                "Clock": reply.clockAhead > .zero
                    ? "\(reply.clockAhead) ahead, not followed: set it right" : "is followed",
                "Certificate": reply.certificateValidUntil.map { "ends \(remote.moment($0))" }
                    ?? "none: plaintext",
                "Handshakes failed": "\(reply.handshakesFailed)",
            ]).text(columns: output.columns)
        }
    }
}
