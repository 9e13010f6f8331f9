import ArgumentParser
import RekeyCore

struct HealthCommand: RemoteCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Tell whether the server takes calls, for a probe.",
        discussion: """
            Exits with 0 when it does, with 9 when it does not, and with 4 when it has no such \
            service. Of several servers it asks one that can be reached.
            """)

    @Argument(help: "Like rekey.v1.Operator. (default: the server as a whole)")
    var service: String?

    @OptionGroup var remote: RemoteOptions

    func run(_ remote: Remote) async throws(CommandError) {
        let reply = try await remote.call(Health.self, Health.Request(service: service ?? ""))
        let subject = service.map { $0.escaped } ?? "The server"
        guard reply == .serving else {
            throw CommandError(
                .unavailable, "NOT_SERVING",
                "\(subject) takes no calls now: the server is stopping, or cannot write")
        }
        try remote.show(reply) { _, _ in "\(subject) takes calls.\n" }
    }
}
