import RekeyCore

/// The machine's clocks at a moment of service time. The newest one on disk lets a start tell a clock
/// that was set from time that went by.
struct ClockReading: Hashable, Sendable {
    /// Stands for no boot: two of them are never the same one.
    static let noBoot = [UInt8](repeating: 0, count: 16)

    var at: Timestamp
    /// `TimeSource.boot`.
    var boot: [UInt8]
    /// `TimeSource.elapsed`, to the millisecond.
    var elapsed: Duration

    /// Why a start has to be refused; nil when the clocks can be believed.
    ///
    /// - Parameters:
    ///   - newest: the last durable service time.
    ///   - last: the newest reading on disk. It says how much time went by only within one boot;
    ///     after another nobody can tell a clock that was set ahead from a long night.
    static func refusal(
        _ source: some TimeSource, newest: Timestamp, last: ClockReading?, _ policy: Policy
    ) -> ClockRefusal? {
        let wall = source.wall()
        if newest - wall > policy.clockBehindMax { return .behind(newest - wall, last: newest) }
        guard let last, last.boot == source.boot, last.boot != noBoot else { return nil }
        let expected = max(newest, last.at + (source.elapsed() - last.elapsed))
        return wall - expected > policy.clockAheadMax
            ? .ahead(wall - expected, expected: expected) : nil
    }
}
