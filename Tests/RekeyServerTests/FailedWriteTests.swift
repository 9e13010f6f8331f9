import Logging
import NIOCore
import NIOEmbedded
import RekeyCore
import RekeyTestSupport
import RekeyWire
import Testing

@testable import RekeyServer

@Suite("A write that fails")
struct FailedWriteTests {
    @Test(
        "R85: a write that makes the channel read at once, as a reset does, finds the connection in order",
        arguments: [false, true])
    func readWithinFlush(isLast: Bool) throws {
        let last: Frame =
            isLast ? .goAway(GoAway(lastCallID: 0, reason: "", message: "")) : .ping(token: 7)
        let channel = EmbeddedChannel()
        let reading = ReadingFlush()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let handler = ConnectionHandler(
            service: try World(seed: 1).service, loop: LoopResources(channel.eventLoop),
            peer: .local, isAdmitted: true, refusals: SpacedLog("refused", logger), logger: logger)
        try channel.pipeline.syncOperations.addHandlers([reading, handler])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let arena = Arena()
        func bytes(_ frame: Frame) -> [UInt8] {
            arena.scope(budget: Arena.packingBudget) { Array(arena.encodeFrame(frame)) }
        }
        reading.more = bytes(.ping(token: 9))
        try channel.writeInbound(
            ByteBuffer(bytes: bytes(.hello(Hello())) + bytes(.ping(token: 5)) + bytes(last)))
        var sent = ByteBuffer()
        while var part = try channel.readOutbound(as: ByteBuffer.self) { sent.writeBuffer(&part) }
        // Hello, and the Pong to what was asked before the write.
        #expect(sent.readableBytes >= bytes(.hello(Hello())).count + bytes(.pong(token: 5)).count)
        _ = try? channel.finish()
    }
}

/// Reads within a flush, once.
private final class ReadingFlush: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var more: [UInt8] = []

    func flush(context: ChannelHandlerContext) {
        context.flush()
        guard !more.isEmpty else { return }
        let bytes = ByteBuffer(bytes: more)
        more = []
        context.fireChannelRead(NIOAny(bytes))
        context.fireChannelReadComplete()
    }
}
