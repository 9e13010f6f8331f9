/// How long to wait before trying again: twice as long each time, and a random part of that, so that
/// those who failed together do not come back together (P6.7).
struct Backoff: Equatable {
    static let first: Duration = .milliseconds(100)
    static let longest: Duration = .seconds(5)

    /// After what somebody has to put right: long enough to be no loop, short enough to notice that it
    /// was.
    static let untilPutRight: Duration = .seconds(30)

    private var failures = 0

    init() {}

    /// - Parameter jitter: drawn at random, 0 to 1.
    mutating func next(jitter: Double) -> Duration {
        // Above 2^6 it is `longest` anyway.
        let step = Self.first * (1 << min(failures, 6))
        failures += 1
        return min(step, Self.longest) * jitter
    }

    mutating func reset() { failures = 0 }
}
