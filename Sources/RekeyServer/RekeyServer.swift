public import Logging
import NIOCore
import NIOPosix
public import RekeyService
import RekeyWire
public import ServiceLifecycle
import Synchronization

/// The TCP server: listens, hands each connection to a `ConnectionHandler`, and drains when it is
/// told to stop.
public struct RekeyServer: ServiceLifecycle.Service {
    private let service: RekeyService.Service
    private let host: String
    private let port: Int
    private let logger: Logger
    private let listening: @Sendable (Int) throws -> Void

    /// - Parameters:
    ///   - host: a loopback address; without TLS no other is listened on (R74).
    ///   - port: 0 takes a free one.
    ///   - listening: called once with the port when connections are taken.
    public init(
        service: RekeyService.Service, host: String, port: Int, logger: Logger,
        listening: @escaping @Sendable (Int) throws -> Void
    ) throws {
        guard ["127.0.0.1", "::1"].contains(host) else { throw ListenError.notLoopback(host) }
        self.service = service
        self.host = host
        self.port = port
        self.logger = logger
        self.listening = listening
    }

    public func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let resources = try await LoopResourcesTable(group)
        let connections = Connections()
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { [service, logger] channel in
                channel.eventLoop.makeCompletedFuture {
                    connections.add(channel)
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(
                        IdleStateHandler(allTimeout: .init(WireLimits.idleMax)))
                    try pipeline.addHandler(
                        ConnectionHandler(
                            service: service, loop: resources[channel.eventLoop],
                            logger: logger))
                }
            }
        let listener: any Channel
        do {
            listener = try await bootstrap.bind(host: host, port: port).get()
        } catch {
            throw ListenError.cannotListen("\(host):\(port)", "\(error)")
        }
        let bound = listener.localAddress?.port ?? port
        logger.notice("listening", metadata: ["address": "\(host):\(bound)", "tls": "off"])
        try listening(bound)
        try? await gracefulShutdown()

        service.state.isDraining.store(true, ordering: .relaxed)
        logger.notice("draining")
        try? await listener.close()
        await connections.drain(within: WireLimits.drainMax)
        logger.notice("drained")
    }
}

/// Why the server does not listen.
public enum ListenError: Error, CustomStringConvertible {
    case notLoopback(String)
    case cannotListen(String, String)

    public var description: String {
        switch self {
        case .notLoopback(let host):
            "listen.host is \(host): without TLS only 127.0.0.1 and ::1 are listened on"
        case .cannotListen(let address, let cause):
            "cannot listen on \(address): \(cause); is another server running there?"
        }
    }
}
