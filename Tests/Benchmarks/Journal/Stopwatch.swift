// Time and percentiles, for all parts of the benchmark.
import Glibc

enum Stopwatch {
    /// CLOCK_MONOTONIC in nanoseconds.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

extension [UInt64] {
    /// In microseconds.
    var mean: Double { isEmpty ? 0 : Double(reduce(0, +)) / Double(count) / 1000 }

    /// In microseconds; 0 of nothing.
    func percentile(_ share: Double) -> Double {
        guard !isEmpty else { return 0 }
        let sorted = sorted()
        return Double(sorted[Swift.min(count - 1, Int(Double(count) * share))]) / 1000
    }
}

extension [Double] {
    var median: Double {
        let sorted = sorted()
        return isEmpty ? 0 : (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
