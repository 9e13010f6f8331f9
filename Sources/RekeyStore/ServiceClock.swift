import Glibc
public import RekeyCore

/// The seam of time: where the hours come from.
public protocol TimeSource: Sendable {
    /// The wall clock; it may be set forward and back.
    func wall() -> Timestamp
    /// Time since some fixed point, asleep or not; it only ever grows.
    func elapsed() -> Duration
}

/// The machine's clocks: CLOCK_REALTIME and CLOCK_BOOTTIME.
public struct SystemTime: TimeSource {
    public init() {}

    public func wall() -> Timestamp {
        Timestamp(milliseconds: Self.read(CLOCK_REALTIME).milliseconds)
    }

    public func elapsed() -> Duration { Self.read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}

/// Service time: the last service time plus what has elapsed, pulled forward to the wall clock when
/// that is ahead, never back (R14).
struct ServiceClock {
    private let source: any TimeSource
    private var last: Timestamp
    private var lastElapsed: Duration

    /// - Parameter floor: the newest service time that is on disk.
    init(_ source: any TimeSource, notBefore floor: Timestamp) {
        self.source = source
        last = max(floor, source.wall())
        lastElapsed = source.elapsed()
    }

    mutating func now() -> Timestamp {
        let elapsed = source.elapsed()
        let grown = last + (elapsed - lastElapsed)
        if grown > last {
            // Only whole milliseconds were added; the rest stays to be counted.
            lastElapsed += grown - last
            last = grown
        }
        last = max(last, source.wall())
        return last
    }
}
