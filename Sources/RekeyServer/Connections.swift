import Glibc
import NIOCore
import Synchronization

/// The connections that are open: no more than the process has files for, and all of them known, so
/// that they can be told to drain.
final class Connections: Sendable {
    private let channels = Mutex<[ObjectIdentifier: any Channel]>([:])
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
        case full
        /// There is no room, but enough to say so.
        case toBeRefused
        /// Close it at once.
        case none
    }

    /// Files that are left for telling connections that there is no room.
    private static let refusedMax = 16

    func add(_ channel: any Channel) -> Admission {
        let id = ObjectIdentifier(channel)
        let admission: Admission = channels.withLock { channels in
            guard channels.count < max + Self.refusedMax else { return .none }
            channels[id] = channel
            return channels.count <= max ? .full : .toBeRefused
        }
        guard admission != .none else { return .none }
        channel.closeFuture.whenComplete { _ in
            self.channels.withLock { $0[id] = nil }
        }
        return admission
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

/// Tells a connection that the server stops.
struct DrainEvent: Sendable {}
