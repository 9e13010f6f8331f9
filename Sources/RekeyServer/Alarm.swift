import NIOCore

/// One alarm for everything on a connection that has a time: nearly every call ends long before its own,
/// and an alarm that is set and taken back costs a call more than its frame does. It may go off early.
struct Alarm {
    typealias Instant = ContinuousClock.Instant

    private var pending: (at: Instant, scheduled: Scheduled<Void>)?

    /// Whether it goes off at `instant` or earlier: then there is nothing to set.
    func rings(by instant: Instant) -> Bool { pending.map { $0.at <= instant } ?? false }

    /// Sees to it that `ring` runs at `instant`; `ring` begins with `rang`.
    mutating func set(
        for instant: Instant, on loop: any EventLoop, _ ring: @escaping @Sendable () -> Void
    ) {
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
