import RekeyCore

/// Service time: the last service time plus what has elapsed, pulled forward to the wall clock when
/// that is ahead, never back (R14). A wall clock that is ahead by more than anybody believes is not
/// followed.
struct ServiceClock {
    private let source: any TimeSource
    private let aheadMax: Duration
    private var last: Timestamp
    private var lastElapsed: Duration

    private let onLeap: @Sendable (Duration) -> Void

    /// How far the wall clock is ahead, while it is not followed; else zero.
    private(set) var ahead: Duration = .zero {
        didSet { if (ahead == .zero) != (oldValue == .zero) { onLeap(ahead) } }
    }

    /// - Parameters:
    ///   - floor: the newest service time that is on disk.
    ///   - aheadMax: nil to follow the wall clock however far it leaps.
    ///   - onLeap: told when it begins not to be followed, and with zero when it is again.
    init(
        _ source: any TimeSource, notBefore floor: Timestamp, aheadMax: Duration?,
        onLeap: @escaping @Sendable (Duration) -> Void = { _ in }
    ) {
        self.source = source
        self.onLeap = onLeap
        self.aheadMax = aheadMax ?? .seconds(Int64.max / 1000)
        last = max(floor, source.wall())
        lastElapsed = source.elapsed()
    }

    mutating func now() -> Timestamp {
        // Before the other clock: time that passes between the two, however long the thread or the
        // machine sleeps there, would else be a leap now and elapsed time at the next call.
        let wall = source.wall()
        let elapsed = source.elapsed()
        let grown = last + (elapsed - lastElapsed)
        if grown > last {
            // Only whole milliseconds were added; the rest stays to be counted.
            lastElapsed += grown - last
            last = grown
        }
        let leap = wall - last
        ahead = leap > aheadMax ? leap : .zero
        if leap > .zero, ahead == .zero { last = last + leap }
        return last
    }

    /// The clocks as of the last `now`.
    var reading: ClockReading {
        ClockReading(at: last, boot: source.boot, elapsed: lastElapsed)
    }
}
