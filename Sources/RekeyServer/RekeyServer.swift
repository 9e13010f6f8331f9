import Glibc
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
    private let address: ListenAddress
    private let logger: Logger
    private let listening: @Sendable (Int) throws -> Void

    /// - Parameter listening: called once with the port when connections are taken.
    public init(
        service: RekeyService.Service, address: ListenAddress, logger: Logger,
        listening: @escaping @Sendable (Int) throws -> Void
    ) {
        self.service = service
        self.address = address
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
                    let admission = connections.add(channel)
                    guard admission != .dropped else { return channel.close(promise: nil) }
                    try channel.pipeline.syncOperations.addHandler(
                        ConnectionHandler(
                            service: service, loop: resources[channel.eventLoop],
                            isAdmitted: admission == .admitted, logger: logger))
                }
            }
        let listener: any Channel
        do {
            listener = try await bootstrap.bind(host: address.host, port: address.port).get()
        } catch {
            let cause =
                (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw ListenError.cannotListen("\(address.host):\(address.port)", cause)
        }
        let bound = listener.localAddress?.port ?? address.port
        logger.notice("listening", metadata: ["address": "\(address.host):\(bound)", "tls": "off"])
        try listening(bound)
        try? await gracefulShutdown()

        service.state.isDraining.store(
            ProtocolTooth.healthWhileDraining.holds, ordering: .relaxed)
        logger.notice("draining")
        try? await listener.close()
        await connections.drain(within: WireLimits.drainMax)
        logger.notice("drained")
    }
}
