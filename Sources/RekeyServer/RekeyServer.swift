import Glibc
public import Logging
import NIOCore
import NIOPosix
import NIOSSL
public import RekeyService
import RekeyWire
public import ServiceLifecycle
import Synchronization

/// The TCP server: listens, hands each connection to a `ConnectionHandler`, and drains when it is
/// told to stop.
public struct RekeyServer: ServiceLifecycle.Service {
    private let service: RekeyService.Service
    private let address: ListenAddress
    private let tls: ServerTLS?
    private let connections: Connections
    private let logger: Logger
    private let listening: @Sendable (Int) throws -> Void

    /// - Parameters:
    ///   - tls: nil for plaintext, which is spoken on a loopback address only.
    ///   - connectionsPerCaller: more are told that there is no room.
    ///   - listening: called once with the port when connections are taken.
    /// - Throws: `ListenError.notLoopback`.
    public init(
        service: RekeyService.Service, address: ListenAddress, tls: ServerTLS?,
        connectionsPerCaller: Int, logger: Logger,
        listening: @escaping @Sendable (Int) throws -> Void
    ) throws(ListenError) {
        if tls == nil { try address.checkLoopback() }
        self.service = service
        self.address = address
        self.tls = tls
        connections = Connections(perCallerMax: connectionsPerCaller)
        self.logger = logger
        self.listening = listening
    }

    public func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let resources = try await LoopResourcesTable(group)
        let failures = HandshakeFailures(state: service.state, logger: logger)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try welcome(channel, resources[channel.eventLoop], failures)
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
        logger.notice(
            "listening",
            metadata: [
                "address": "\(address.host):\(bound)", "tls": tls == nil ? "off" : "1.3, mutual",
            ])
        try listening(bound)
        try? await gracefulShutdown()

        service.state.isDraining.store(
            ProtocolTooth.healthWhileDraining.holds, ordering: .relaxed)
        logger.notice("draining")
        try? await listener.close()
        await connections.drain(within: WireLimits.drainMax)
        logger.notice("drained")
    }

    /// Reads certificates, callers and revocations again, and ends the connections that may no longer
    /// be; returns when every connection goes by them. When a file cannot be used, everything stays as it
    /// is.
    ///
    /// - Throws: `AccessError`.
    public func reloadAccess() async throws {
        try tls?.reload()
        if ProtocolTooth.liveAccess.holds { await connections.tell(AccessChangedEvent()) }
    }

    /// A connection was made: its handshake first, if there is one.
    private func welcome(
        _ channel: any Channel, _ loop: LoopResources, _ failures: HandshakeFailures
    ) throws {
        let admission = connections.add(channel)
        guard admission != .dropped else { return channel.close(promise: nil) }
        let pipeline = channel.pipeline.syncOperations
        func handler(_ peer: Peer, isAdmitted: Bool) -> ConnectionHandler {
            ConnectionHandler(
                service: service, loop: loop, peer: peer, isAdmitted: isAdmitted, logger: logger)
        }
        guard let tls else {
            let isAdmitted =
                admission == .admitted && connections.endHandshake(channel, caller: "local")
            return try pipeline.addHandler(handler(.local, isAdmitted: isAdmitted))
        }
        connections.beginHandshake(channel)
        try pipeline.addHandler(NIOSSLServerHandler(context: tls.context))
        try pipeline.addHandler(
            Doorkeeper(tls: tls, failures: failures) { peer in
                let hasRoom = connections.endHandshake(channel, caller: peer.name)
                return handler(peer, isAdmitted: hasRoom && admission == .admitted)
            })
    }
}
