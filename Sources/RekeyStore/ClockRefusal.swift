public import RekeyCore

/// Why the clock of this machine is not believed at a start. Nothing was changed.
public enum ClockRefusal: Error, Equatable, Sendable {
    /// The wall clock is this far behind the last durable time.
    case behind(Duration, last: Timestamp)
    /// The wall clock went ahead by this much more than the time that went by.
    case ahead(Duration, expected: Timestamp)
}

extension ClockRefusal {
    var acceptance: AcceptedClocks {
        switch self {
        case .behind: .behind
        case .ahead: .ahead
        }
    }
}

/// Which of them an operator accepts by name.
public struct AcceptedClocks: OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// Service time goes on from the last durable time.
    public static let behind = AcceptedClocks(rawValue: 1)
    /// Service time leaps to the wall clock, now and later; what is timed ends early.
    public static let ahead = AcceptedClocks(rawValue: 2)
}
