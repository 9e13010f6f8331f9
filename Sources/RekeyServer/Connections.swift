import NIOCore
import Synchronization

/// The connections that are open, so that all of them can be told to drain.
final class Connections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])

    func add(_ channel: any Channel) {
        let id = ObjectIdentifier(channel)
        channels.withLock { $0[id] = channel }
        channel.closeFuture.whenComplete { _ in
            self.channels.withLock { $0[id] = nil }
        }
    }

    /// Lets every connection finish its calls, and closes what is left when the time is over.
    func drain(within time: Duration) async {
        let open = channels.withLock { Array($0.values) }
        for channel in open { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
        let alarms = open.map { channel in
            channel.eventLoop.scheduleTask(in: .init(time)) { channel.close(promise: nil) }
        }
        for channel in open { try? await channel.closeFuture.get() }
        for alarm in alarms { alarm.cancel() }
    }
}
