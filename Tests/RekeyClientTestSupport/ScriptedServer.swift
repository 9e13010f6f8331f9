// A server whose every frame a test decides. Client tests come in; it listens on loopback.

import NIOCore
import NIOPosix
import NIOSSL
import NIOTLS
public import RekeyWire
import Synchronization

/// Listens on a free port of 127.0.0.1 until the test lets go of it.
public final class ScriptedServer: Sendable {
    /// What a connection does with what it hears; called on its event loop.
    public typealias Script = (Heard, Peer) -> Void

    public enum Heard {
        case connected
        case frame(Frame)
    }

    public let port: Int
    private let channel: any Channel
    private let counter = Counter()

    /// That were made, whether a handshake followed or not.
    public var connections: Int { counter.value.load(ordering: .relaxed) }

    /// With TLS a client is connected when its handshake is done, and none of its frames is heard
    /// before.
    public init(
        _ security: ServerSecurity = .plaintext, _ makeScript: @escaping @Sendable () -> Script
    ) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { [counter] child in
                counter.value.add(1, ordering: .relaxed)
                return child.eventLoop.makeCompletedFuture {
                    let pipeline = child.pipeline.syncOperations
                    if let context = security.context {
                        try pipeline.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try pipeline.addHandler(
                        Handler(makeScript(), isSecured: security.context != nil))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    /// A well-behaved one: says Hello, and hands each request to `answer`.
    public static func answering(
        _ security: ServerSecurity = .plaintext,
        _ answer: @escaping @Sendable (RequestFrame, Peer) -> Void
    ) async throws -> ScriptedServer {
        try await ScriptedServer(security) {
            { heard, peer in
                switch heard {
                case .connected: peer.send(.hello(Hello()))
                case .frame(.request(let request)): answer(request, peer)
                case .frame: break
                }
            }
        }
    }

    deinit { channel.close(promise: nil) }

    private final class Counter: Sendable {
        let value = Atomic(0)
    }
}

/// The other end of a scripted connection.
public final class Peer {
    private let channel: any Channel
    private let arena = Arena()

    init(_ channel: any Channel) { self.channel = channel }

    public func send(_ frame: Frame) {
        arena.scope(budget: Arena.packingBudget) {
            send(bytes: Array(arena.encodeFrame(frame)))
        }
    }

    /// Whatever it is, no frame perhaps.
    public func send(bytes: [UInt8]) {
        channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    public func reply(_ callID: UInt64, _ message: some WireMessage) {
        arena.scope(budget: Arena.packingBudget) {
            send(.response(ResponseFrame(callID: callID, outcome: .reply(arena.encode(message)))))
        }
    }

    public func refuse(_ callID: UInt64, _ failure: Failure) {
        send(.response(ResponseFrame(callID: callID, outcome: .failure(failure))))
    }

    public func close() { channel.close(promise: nil) }

    /// This side has said all.
    public func closeOutput() { channel.close(mode: .output, promise: nil) }

    /// - Parameter body: is told whether the client ended the connection in order: with TLS, by a
    ///   close_notify.
    public func onEnd(_ body: @escaping @Sendable (Bool) -> Void) { end = body }

    fileprivate var end: ((Bool) -> Void)?

    /// The names of the DNS in the certificate that the client showed.
    public var names: [String] {
        let certificate = try? channel.pipeline.syncOperations.nioSSL_peerCertificate()
        return certificate.map { certificate in
            certificate._subjectAlternativeNames().map {
                String(decoding: $0.contents, as: UTF8.self)
            }
        } ?? []
    }
}

private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let script: ScriptedServer.Script
    private let isSecured: Bool
    private let arena = Arena()
    private var unread = ByteBuffer()
    private var peer: Peer?

    init(_ script: @escaping ScriptedServer.Script, isSecured: Bool) {
        self.script = script
        self.isSecured = isSecured
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isSecured { begin(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent { begin(context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        peer?.end?(false)
        peer?.end = nil
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        peer?.end?(true)
        peer = nil
    }

    private func begin(_ context: ChannelHandlerContext) {
        let peer = Peer(context.channel)
        self.peer = peer
        script(.connected, peer)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        unread.writeBuffer(&bytes)
        while let length = unread.getInteger(at: unread.readerIndex, as: UInt32.self),
            unread.readableBytes >= 4 + Int(length), let peer
        {
            unread.moveReaderIndex(forwardBy: 4)
            let frame = unread.readSlice(length: Int(length))
            frame?.withUnsafeReadableBytes { bytes in
                arena.scope(budget: Arena.requestBudget(bytes.count)) {
                    guard let frame = try? arena.decode(Frame.self, from: bytes) else {
                        preconditionFailure("the client sent what is no frame")
                    }
                    script(.frame(frame), peer)
                }
            }
        }
    }
}
