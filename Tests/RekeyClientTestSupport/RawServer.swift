import NIOCore
import NIOPosix
import Synchronization

/// Takes connections, says what it is told to at the first byte, and keeps all that it hears. Listens on
/// a free port of 127.0.0.1 until the test lets go of it.
public final class RawServer: Sendable {
    public let port: Int
    private let channel: any Channel
    private let received: Bytes

    /// All bytes that came, of all connections.
    public var heard: [UInt8] { received.all.withLock { $0 } }

    public init(answering answer: [UInt8] = []) async throws {
        let received = Bytes()
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { child in
                child.eventLoop.makeCompletedFuture {
                    try child.pipeline.syncOperations.addHandler(Listener(received, answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = channel.localAddress?.port ?? 0
        self.received = received
    }

    deinit { channel.close(promise: nil) }

    private final class Bytes: Sendable {
        let all = Mutex<[UInt8]>([])
    }

    private final class Listener: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let received: Bytes
        private var answer: [UInt8]

        init(_ received: Bytes, _ answer: [UInt8]) {
            self.received = received
            self.answer = answer
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received.all.withLock { $0 += unwrapInboundIn(data).readableBytesView }
            guard !answer.isEmpty else { return }
            context.channel.writeAndFlush(ByteBuffer(bytes: answer), promise: nil)
            answer = []
        }
    }
}
