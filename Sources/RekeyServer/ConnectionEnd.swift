import NIOCore
import RekeyWire

/// How a connection ends: half-closed behind all that was written, so that the peer can read to the end,
/// and closed when the peer has closed too, or soon (P7.3). Used on the connection's loop alone.
final class ConnectionEnd {
    /// The peer sends no more.
    private(set) var inputIsClosed = false
    /// All was written that ever will be.
    private var outputIsClosed = false
    /// Closes what the peer does not.
    private var lingering: Scheduled<Void>?

    func closedInput(_ channel: any Channel) {
        inputIsClosed = true
        if outputIsClosed { channel.close(promise: nil) }
    }

    /// What was written before this still goes out: a slow reader gets it, within the drain's time.
    func begin(_ channel: any Channel) {
        guard ProtocolTooth.linger.holds else { return channel.close(promise: nil) }
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        linger(WireLimits.drainMax, channel)
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in bound.value.closeOutput(channel) }
    }

    func cancel() {
        lingering?.cancel()
        lingering = nil
    }

    private func closeOutput(_ channel: any Channel) {
        outputIsClosed = true
        guard !inputIsClosed else { return channel.close(promise: nil) }
        channel.close(mode: .output, promise: nil)
        linger(WireLimits.lingerMax, channel)
    }

    private func linger(_ time: Duration, _ channel: any Channel) {
        lingering?.cancel()
        lingering = channel.eventLoop.scheduleTask(in: .init(time)) { channel.close(promise: nil) }
    }
}
