import RekeyClient
import RekeyCore
import RekeyWire

/// The servers behind a command: connected to at the first call, after all prompts.
final class Remote {
    let world: World
    let isJSON: Bool
    let timeout: Duration
    private let client: RekeyClient

    init(_ options: RemoteOptions, _ world: World) throws(CommandError) {
        self.world = world
        isJSON = options.json
        timeout = .milliseconds(Int64(options.timeout * 1000))
        // Somebody waits at a terminal: who cannot be reached is said at once.
        client = RekeyClient(
            servers: try options.servers(world.environment), waitsForReady: false)
    }

    var secrets: SecretReader { SecretReader(input: world.input) }

    func call<M: Method>(
        _ method: M.Type, _ request: M.Request
    ) async throws(CommandError) -> M.Reply where M.Request: WireMessage, M.Reply: WireMessage {
        do throws(ClientError) {
            return try await client.call(method, request, timeout: timeout)
        } catch {
            throw CommandError(error)
        }
    }

    func call(method name: String, body: [UInt8]) async throws(CommandError) -> [UInt8] {
        do throws(ClientError) {
            return try await client.call(method: name, body: body, timeout: timeout)
        } catch {
            throw CommandError(error)
        }
    }

    /// Connections for load, which whoever asked closes.
    func loadConnections(_ count: Int) async throws(CommandError) -> [LoadConnection] {
        do throws(ClientError) {
            return try await client.loadConnections(count)
        } catch {
            throw CommandError(error)
        }
    }

    func close() async { await client.close() }

    /// The reply: its JSON for programs, `text` for people.
    ///
    /// - Parameter hidden: a field that is a secret, and is left out.
    func show<Reply: WireMessage>(
        _ reply: Reply, hiding hidden: String? = nil, _ text: (Reply, Output) -> String
    ) throws(CommandError) {
        guard isJSON else { return try world.output.write(text(reply, world.output)) }
        var json = try json(reply)
        if let hidden, case .object(let members) = json {
            json = .object(members.filter { $0.name != hidden })
        }
        try world.output.write(json.text + "\n")
    }

    private func json<Reply: WireMessage>(_ reply: Reply) throws(CommandError) -> JSONValue {
        let arena = Arena()
        do throws(WireFault) {
            return try arena.scope(budget: Arena.packingBudget) { () throws(WireFault) in
                try JSONFromWire.protobuf.value(arena.encode(reply), as: Reply.descriptor)
            }
        } catch {
            throw CommandError(.fault, "REPLY_INVALID", "the reply does not print: \(error)")
        }
    }

    /// "2026-11-23 18:04:05 CET (in 11 h 59 min)".
    func moment(_ time: Timestamp) -> String { TimeText.moment(time, now: world.now()) }
}
