import NIOCore
import NIOEmbedded
import RekeyCore
import RekeyWire
import Synchronization
import Testing

@testable import RekeyClient

@Suite("A write that fails")
struct FailedWriteTests {
    @Test("ends the call that was being written, though its connection ends before it returns")
    func callBeingWritten() throws {
        let channel = EmbeddedChannel()
        let breaking = BreakingFlush()
        let opening = channel.eventLoop.makePromise(of: Int.self)
        let handler = ConnectionHandler(opening: opening, patience: Patience(), notify: { _ in })
        try channel.pipeline.syncOperations.addHandlers([breaking, handler])
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
        let arena = Arena()
        let hello = arena.scope(budget: Arena.packingBudget) {
            ByteBuffer(bytes: arena.encodeFrame(.hello(Hello())))
        }
        try channel.writeInbound(hello)
        breaking.isBroken = true
        let outcomes = Mutex<[ClientError.Kind]>([])
        handler.start(
            Call(
                method: Health.name, timeout: .seconds(10), deadline: .now() + .seconds(10),
                encode: { $0.encode(Health.Request()) },
                finish: { _, outcome in
                    if case .failure(let error) = outcome {
                        outcomes.withLock { $0.append(error.kind) }
                    }
                }, ticket: CallTicket()))
        #expect(outcomes.withLock { $0 } == [.connectionLost(outcomeUnknown: true)])
        _ = try? channel.finish()
    }
}

/// Closes the channel within a flush, as a socket does that its peer has reset.
private final class BreakingFlush: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var isBroken = false

    func flush(context: ChannelHandlerContext) {
        if isBroken { context.close(promise: nil) } else { context.flush() }
    }
}
