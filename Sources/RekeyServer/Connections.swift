import Glibc
import NIOCore
import Synchronization

/// The connections that are open: no more than the process has files for, and all of them known, so
/// that they can be told to drain.
final class Connections: Sendable {
    private struct Open {
        var channels: [ObjectIdentifier: any Channel] = [:]
        /// Those that are told that there is no room; they take none.
        var refused: Set<ObjectIdentifier> = []
    }

    private let open = Mutex(Open())
    private let max: Int

    init(max: Int = Connections.limit) { self.max = max }

    /// Files that are kept for the log, letters and the listener; the rest may be connections.
    private static let reservedFiles = 64

    /// By the process's limit of open files, and 10,000 at most.
    private static var limit: Int {
        var files = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &files) == 0 else {
            return 256
        }
        return Swift.max(8, Swift.min(Int(clamping: files.rlim_cur) - reservedFiles, 10_000))
    }

    enum Admission {
        case admitted
        /// There is no room, but enough to say so.
        case refused
        /// There is not even that: close it at once.
        case dropped
    }

    /// Files that are left for telling connections that there is no room.
    private static let refusedMax = 16

    func add(_ channel: any Channel) -> Admission {
        let id = ObjectIdentifier(channel)
        let admission: Admission = open.withLock { open in
            let isRoom = open.channels.count - open.refused.count < max
            guard isRoom || open.refused.count < Self.refusedMax else { return .dropped }
            open.channels[id] = channel
            if !isRoom { open.refused.insert(id) }
            return isRoom ? .admitted : .refused
        }
        guard admission != .dropped else { return .dropped }
        channel.closeFuture.whenComplete { _ in
            self.open.withLock { open in
                open.channels[id] = nil
                open.refused.remove(id)
            }
        }
        return admission
    }

    /// Lets every connection finish its calls, and closes what is left when the time is over.
    func drain(within time: Duration) async {
        let open = self.open.withLock { Array($0.channels.values) }
        for channel in open { channel.pipeline.fireUserInboundEventTriggered(DrainEvent()) }
        let alarms = open.map { channel in
            channel.eventLoop.scheduleTask(in: .init(time)) { channel.close(promise: nil) }
        }
        for channel in open { try? await channel.closeFuture.get() }
        for alarm in alarms { alarm.cancel() }
    }
}

/// Tells a connection that the server stops.
struct DrainEvent: Sendable {}
