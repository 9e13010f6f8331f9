import Glibc
import RekeyCore

/// Times and lengths of time as people read them.
enum TimeText {
    /// "2026-11-23 18:04:05 CET (in 11 h 59 min)", in the zone of this process.
    static func moment(_ time: Timestamp, now: Timestamp) -> String {
        "\(local(time)) (\(distance(time - now)))"
    }

    /// "2026-11-23 18:04:05 CET".
    static func local(_ time: Timestamp) -> String {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return "\(seconds) s after 1970" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            let count = strftime(
                buffer.baseAddress, buffer.count, "%Y-%m-%d %H:%M:%S %Z", &parts)
            return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }

    /// "in 11 h 59 min", "3 min ago", "now".
    static func distance(_ distance: Duration) -> String {
        switch distance.milliseconds {
        case -999...999: "now"
        case 1000...: "in \(length(distance))"
        default: "\(length(.zero - distance)) ago"
        }
    }

    /// The two largest units, the rest left out: "2 d 3 h", "11 h 59 min", "45 s".
    static func length(_ length: Duration) -> String {
        let seconds = length.milliseconds / 1000
        let parts = [
            (seconds / 86400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"),
            (seconds % 60, "s"),
        ]
        guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 s" }
        return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
            .joined(separator: " ")
    }
}
