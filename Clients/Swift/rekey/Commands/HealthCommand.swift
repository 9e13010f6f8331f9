import ArgumentParser
import RekeyCore

struct HealthCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Tell whether the server takes calls, for a probe.",
        discussion: "Exits with 0 when it does and with 9 when it does not.")

    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let reply = try await remote.call(Health.self, .init())
        guard reply == .serving else {
            throw CommandError(
                .unavailable, Reason.draining.rawValue,
                "the server is stopping: it finishes what it has and takes no further calls")
        }
        try remote.show(reply) { _, _ in "The server takes calls.\n" }
    }
}
