import Histogram
import RekeyCore

/// How long calls took: an HDR histogram of microseconds with three significant digits.
struct Latencies: Sendable {
    /// Beyond a call's longest time, and the second that its client waits on top.
    private static let microsecondsMax: UInt64 = 60_000_000

    private var histogram = Histogram<UInt64>(highestTrackableValue: Self.microsecondsMax)

    var count: UInt64 { histogram.totalCount }

    mutating func record(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        let microseconds = UInt64(clamping: seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
        _ = histogram.record(min(microseconds, Self.microsecondsMax))
    }

    func adding(_ other: Latencies) -> Latencies {
        var sum = self
        sum.histogram.add(other.histogram)
        return sum
    }

    /// Those that a report shows.
    static let shown: [(name: String, of: Double)] = [
        ("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100),
    ]

    /// In microseconds.
    func percentile(_ percent: Double) -> UInt64 {
        min(histogram.valueAtPercentile(percent), histogram.max)
    }
}
