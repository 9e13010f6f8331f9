import ArgumentParser
import RekeyCore

struct SessionCheckCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Tell whose session it is, and keep it alive.")

    @OptionGroup var session: SessionOption
    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let request = CheckSession.Request(session: try session.read(remote))
        try remote.show(await remote.call(CheckSession.self, request)) { reply, output in
            Facts([
                "Logged in as": reply.identifier,
                "Name": reply.name,
                "Valid until": remote.moment(reply.validUntil),
                "Unused until": remote.moment(reply.idleUntil),
                "Account id": "\(reply.account)",
            ]).text(columns: output.columns)
        }
    }
}
