import Glibc
public import Logging
import NIOCore
import NIOPosix
import NIOSSL
import RekeyAccess
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
    ///   - connectionsPerCaller: more are told that there is no room. With TLS half of what there
    ///     is room for at most, so that no caller takes all of it.
    ///   - connectionsMax: in all; nil: as the limit of open files says.
    ///   - listening: called once with the port when connections are taken.
    /// - Throws: `ListenError.notLoopback`.
    public init(
        service: RekeyService.Service, address: ListenAddress, tls: ServerTLS?,
        connectionsPerCaller: Int, connectionsMax: Int? = nil, logger: Logger,
        listening: @escaping @Sendable (Int) throws -> Void
    ) throws(ListenError) {
        if tls == nil { try address.checkLoopback() }
        self.service = service
        self.address = address
        self.tls = tls
        let max = connectionsMax ?? OpenFiles.connectionsMax
        let perCallerMax = tls == nil ? connectionsPerCaller : min(connectionsPerCaller, max / 2)
        connections = Connections(max: max, perCallerMax: perCallerMax)
        if perCallerMax < connectionsPerCaller {
            logger.notice(
                "callers get fewer connections than they are set to; raise the limit of open files",
                metadata: [
                    "setting": "\(connectionsPerCaller)", "per caller": "\(perCallerMax)",
                    "in all": "\(max)",
                ])
        }
        self.logger = logger
        self.listening = listening
    }

    public func run() async throws {
        let group = MultiThreadedEventLoopGroup.singleton
        let resources = try await LoopResourcesTable(group)
        let failures = HandshakeFailures(state: service.state, logger: logger)
        let refusals = SpacedLog("a caller is refused", logger)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try welcome(channel, resources[channel.eventLoop], failures, refusals)
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
    /// be; returns when every connection goes by them. Certificate and authorities are one half,
    /// callers and revocations the other: the one whose files cannot be used stays as it is, and
    /// nothing waits for it.
    ///
    /// - Throws: `ReloadError`, when all is done that could be.
    public func reloadAccess() async throws {
        let failure = tls?.reload()
        if ProtocolTooth.liveAccess.holds { await connections.tell(AccessChangedEvent()) }
        if let failure { throw failure }
    }

    /// A connection was made: its handshake first, if there is one.
    private func welcome(
        _ channel: any Channel, _ loop: LoopResources, _ failures: HandshakeFailures,
        _ refusals: SpacedLog
    ) throws {
        let admission = connections.add(channel)
        guard admission != .dropped else { return channel.close(promise: nil) }
        let pipeline = channel.pipeline.syncOperations
        func handler(_ peer: Peer, isAdmitted: Bool) -> ConnectionHandler {
            ConnectionHandler(
                service: service, loop: loop, peer: peer, isAdmitted: isAdmitted,
                refusals: refusals, logger: logger)
        }
        guard let tls else {
            let isAdmitted =
                admission == .admitted && connections.endHandshake(channel, caller: "local")
            return try pipeline.addHandler(handler(.local, isAdmitted: isAdmitted))
        }
        connections.beginHandshake(channel)
        let identity = tls.identity
        try pipeline.addHandler(NIOSSLServerHandler(context: identity.context))
        try pipeline.addHandler(
            Doorkeeper(tls: tls, authorities: identity.authorities, failures: failures) { peer in
                let hasRoom = connections.endHandshake(channel, caller: peer.caller?.name)
                return handler(peer, isAdmitted: hasRoom && admission == .admitted)
            })
    }
}
