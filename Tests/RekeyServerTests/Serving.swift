import Logging
import RekeyAccess
import RekeyServer
import RekeyService
import RekeyTestSupport
import ServiceLifecycle

/// A server on a free port of the loopback interface, over a simulated world.
struct Serving: Sendable {
    let world: World
    let port: Int
    let server: RekeyServer
    private let group: ServiceGroup

    /// Tells the server to stop, as SIGTERM does.
    func stop() async { await group.triggerGracefulShutdown() }

    static func run(
        seed: UInt64 = 1, access: AccessFolder? = nil, connectionsPerCaller: Int = 1000,
        connectionsMax: Int? = nil, log: RecordedLog? = nil,
        _ body: @Sendable (Serving) async throws -> Void
    ) async throws {
        let world = try World(seed: seed)
        let (ports, port) = AsyncStream<Int>.makeStream()
        let logger = Logger(label: "test") { _ in log?.handler ?? SwiftLogNoOpLogHandler() }
        let server = try RekeyServer(
            service: world.service, address: ListenAddress(host: "127.0.0.1", port: 0),
            tls: try access.map {
                try ServerTLS(
                    $0.files, try $0.files.content(at: AccessFolder.clock),
                    state: world.service.state, logger: logger)
            },
            connectionsPerCaller: connectionsPerCaller, connectionsMax: connectionsMax,
            logger: logger,
            listening: { port.yield($0) })
        let group = ServiceGroup(services: [server], logger: logger)
        try await withThrowingTaskGroup { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports {
                try await body(Serving(world: world, port: port, server: server, group: group))
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }
}
