import NIOCore
import RekeyWire
import Synchronization

/// The connections that are open: no more than the process has files for, in all and of one caller, and
/// all of them known, so that they can be told to drain.
final class Connections: Sendable {
    private struct Open {
        var channels: [ObjectIdentifier: any Channel] = [:]
        /// Those that are told that there is no room; they take none.
        var refused: Set<ObjectIdentifier> = []
        /// Those whose caller is not known yet, oldest first.
        var handshakes: [ObjectIdentifier] = []
        var callers: [ObjectIdentifier: String] = [:]
        var perCaller: [String: Int] = [:]

        mutating func remove(_ id: ObjectIdentifier) {
            channels[id] = nil
            refused.remove(id)
            handshakes.removeAll { $0 == id }
            guard let caller = callers.removeValue(forKey: id), let count = perCaller[caller]
            else { return }
            perCaller[caller] = count > 1 ? count - 1 : nil
        }
    }

    private let open = Mutex(Open())
    private let max: Int
    private let perCallerMax: Int

    init(max: Int, perCallerMax: Int) {
        self.max = max
        self.perCallerMax = perCallerMax
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
        channel.closeFuture.whenComplete { _ in self.open.withLock { $0.remove(id) } }
        return admission
    }

    /// Handshakes under way at once: a few hundred strangers who never finish theirs must not keep out
    /// those who do, in milliseconds.
    private static let handshakesMax = 256

    /// A handshake begins; the oldest ends for it when there are too many.
    func beginHandshake(_ channel: any Channel) {
        let oldest: (any Channel)? = open.withLock { open in
            open.handshakes.append(ObjectIdentifier(channel))
            guard open.handshakes.count > Swift.min(Self.handshakesMax, Swift.max(max / 2, 1))
            else {
                return nil
            }
            return open.channels[open.handshakes.removeFirst()]
        }
        oldest?.close(promise: nil)
    }

    /// A handshake has ended: whether its caller may have one connection more.
    ///
    /// - Parameter caller: nil for somebody who is refused: with a certificate that was taken back
    ///   nobody takes the places of the caller that it names.
    func endHandshake(_ channel: any Channel, caller: String?) -> Bool {
        let id = ObjectIdentifier(channel)
        return open.withLock { open in
            open.handshakes.removeAll { $0 == id }
            guard let caller else { return true }
            let count = open.perCaller[caller, default: 0]
            guard count < perCallerMax || !ProtocolTooth.callerConnections.holds else {
                return false
            }
            open.callers[id] = caller
            open.perCaller[caller] = count + 1
            return true
        }
    }

    /// Tells every connection something, and returns when each has acted on it.
    func tell(_ event: any Sendable) async {
        let told = open.withLock { Array($0.channels.values) }.map { channel in
            channel.eventLoop.submit { channel.pipeline.fireUserInboundEventTriggered(event) }
        }
        for future in told { try? await future.get() }
    }

    /// Lets every connection finish its calls, and closes what is left when the time is over.
    func drain(within time: Duration) async {
        await tell(DrainEvent())
        let open = self.open.withLock { Array($0.channels.values) }
        let alarms = open.map { channel in
            channel.eventLoop.scheduleTask(in: .init(time)) { channel.close(promise: nil) }
        }
        for channel in open { try? await channel.closeFuture.get() }
        for alarm in alarms { alarm.cancel() }
    }
}

/// Tells a connection that the server stops.
struct DrainEvent: Sendable {}

/// Tells a connection that callers and revocations were read again.
struct AccessChangedEvent: Sendable {}
