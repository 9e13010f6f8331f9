import Glibc
public import RekeyCore

/// The seam of time: where the hours come from.
public protocol TimeSource: Sendable {
    /// The wall clock; it may be set forward and back.
    func wall() -> Timestamp
    /// Time since the boot, asleep or not; it only ever grows.
    func elapsed() -> Duration
    /// Which boot: 16 bytes, drawn anew by each. Elapsed times of two boots do not compare.
    var boot: [UInt8] { get }
}

/// The machine's clocks: CLOCK_REALTIME and CLOCK_BOOTTIME.
public struct SystemTime: TimeSource {
    public let boot: [UInt8]

    public init() { boot = Self.readBoot() }

    public func wall() -> Timestamp {
        Timestamp(milliseconds: Self.read(CLOCK_REALTIME).milliseconds)
    }

    public func elapsed() -> Duration { Self.read(CLOCK_BOOTTIME) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// The kernel's boot id, a UUID in hex (proc(5), /proc/sys/kernel/random/boot_id). Sixteen zeros
    /// where there is none: then no two boots are ever taken for one.
    private static func readBoot() -> [UInt8] {
        var text = [UInt8](repeating: 0, count: 64)
        let file = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return ClockReading.noBoot }
        defer { close(file) }
        let count = max(0, Glibc.read(file, &text, text.count))
        let digits = text.prefix(count).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        guard digits.count == 32 else { return ClockReading.noBoot }
        return stride(from: 0, to: 32, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
    }
}
