// A server whose every frame a test decides. Client tests come in; it listens on loopback.

import NIOCore
import NIOPosix
public import RekeyWire

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

    public init(_ makeScript: @escaping @Sendable () -> Script) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Handler(makeScript()))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
    }

    /// A well-behaved one: says Hello, and hands each request to `answer`.
    public static func answering(
        _ answer: @escaping @Sendable (RequestFrame, Peer) -> Void
    ) async throws -> ScriptedServer {
        try await ScriptedServer {
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
}

private final class Handler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let script: ScriptedServer.Script
    private let arena = Arena()
    private var unread = ByteBuffer()
    private var peer: Peer?

    init(_ script: @escaping ScriptedServer.Script) { self.script = script }

    func channelActive(context: ChannelHandlerContext) {
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
