import Glibc

/// Dates in messages about certificates.
enum UTCDate {
    /// "2026-11-24".
    static func text(_ time: time_t) -> String {
        var time = time
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil else { return "\(time) s after 1970" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
            let count = strftime(buffer.baseAddress, buffer.count, "%Y-%m-%d", &parts)
            return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        }
    }
}
