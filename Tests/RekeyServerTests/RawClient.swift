import NIOCore
import NIOPosix
import NIOSSL
import RekeyCore
import RekeyWire

/// A client that sends whatever a test wants and says what came back, one frame at a time.
final class RawClient {
    /// A frame that outlives its arena.
    enum Received: Equatable {
        case hello(Hello)
        case reply(UInt64, [UInt8])
        case failure(UInt64, Failure)
        case ping(UInt64)
        case pong(UInt64)
        case goAway(GoAway)
        case closed
        case other
    }

    private let channel: any Channel
    private var inbound: AsyncThrowingStream<ByteBuffer, any Error>.Iterator
    private var unread = ByteBuffer()
    private let arena = Arena()

    /// - Parameter tls: nil for plaintext.
    init(port: Int, tls: NIOSSLContext? = nil) async throws {
        let (stream, continuation) = AsyncThrowingStream<ByteBuffer, any Error>.makeStream()
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            try NIOSSLClientHandler(context: tls, serverHostname: "localhost"))
                    }
                    try channel.pipeline.syncOperations.addHandler(Forwarder(continuation))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        inbound = stream.makeAsyncIterator()
    }

    deinit { channel.close(promise: nil) }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    func send(_ frame: Frame) async throws { try await send(bytes(frame)) }

    func bytes(_ frame: Frame) -> [UInt8] {
        arena.scope(budget: Arena.packingBudget) { Array(arena.encodeFrame(frame)) }
    }

    /// One call's frame.
    func request<M: Method>(
        _: M.Type, _ request: M.Request, id: UInt64, timeout: Duration? = nil,
        idempotencyKey: [UInt8] = []
    ) -> [UInt8] where M.Request: WireMessage {
        arena.scope(budget: Arena.packingBudget) {
            let frame = RequestFrame(
                callID: id, method: WireText(M.name), body: arena.encode(request), timeout: timeout,
                idempotencyKey: idempotencyKey)
            return Array(arena.encodeFrame(.request(frame)))
        }
    }

    /// Says Hello and reads the server's.
    func greet() async throws {
        try await send(.hello(Hello()))
        guard case .hello = try await next() else { throw Unexpected() }
    }

    /// No further bytes from this side.
    func halfClose() async throws { try await channel.close(mode: .output).get() }

    /// The next frame, or `.closed`.
    func next() async throws -> Received {
        guard let bytes = try await nextBytes() else { return .closed }
        return try decode(Array(bytes.dropFirst(4)))
    }

    /// The next frame with its length; nil at the end.
    func nextBytes() async throws -> [UInt8]? {
        while true {
            if let length = unread.getInteger(at: unread.readerIndex, as: UInt32.self),
                unread.readableBytes >= 4 + Int(length)
            {
                return unread.readBytes(length: 4 + Int(length))
            }
            guard var more = try await inbound.next() else { return nil }
            unread.writeBuffer(&more)
        }
    }

    private func decode(_ bytes: [UInt8]) throws -> Received {
        try bytes.withUnsafeBytes { bytes in
            try arena.scope(budget: Arena.replyBudget(bytes.count)) {
                switch try arena.decode(Frame.self, from: bytes) {
                case .hello(let hello): .hello(hello)
                case .response(let response):
                    switch response.outcome {
                    case .reply(let body): .reply(response.callID, Array(body))
                    case .failure(let failure): .failure(response.callID, failure)
                    }
                case .ping(let token): .ping(token)
                case .pong(let token): .pong(token)
                case .goAway(let goAway): .goAway(goAway)
                default: .other
                }
            }
        }
    }

    struct Unexpected: Error {}
}

private final class Forwarder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let stream: AsyncThrowingStream<ByteBuffer, any Error>.Continuation

    init(_ stream: AsyncThrowingStream<ByteBuffer, any Error>.Continuation) {
        self.stream = stream
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        stream.yield(unwrapInboundIn(data))
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { stream.finish() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        stream.finish(throwing: error)
    }

    func channelInactive(context: ChannelHandlerContext) { stream.finish() }
}
