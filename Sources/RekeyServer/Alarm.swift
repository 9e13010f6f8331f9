import NIOCore

/// One alarm for everything on a connection that has a time: nearly every call ends long before its own,
/// and an alarm that is set and taken back costs a call more than its frame does. It may go off early.
struct Alarm {
    typealias Instant = ContinuousClock.Instant

    private var pending: (at: Instant, scheduled: Scheduled<Void>)?

    /// Sees to it that `ring` runs at `instant` or earlier; `ring` begins with `rang`.
    mutating func set(
        for instant: Instant, on loop: any EventLoop, _ ring: @escaping @Sendable () -> Void
    ) {
        if let pending, pending.at <= instant { return }
        pending?.scheduled.cancel()
        let scheduled = loop.scheduleTask(in: .init(max(instant - .now, .zero)), ring)
        pending = (instant, scheduled)
    }

    mutating func rang() { pending = nil }

    mutating func cancel() {
        pending?.scheduled.cancel()
        pending = nil
    }
}
