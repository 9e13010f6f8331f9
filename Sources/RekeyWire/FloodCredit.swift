/// How many frames that ask for no call a connection may still send (P7.7). Pure.
struct FloodCredit {
    private var left = Self.max
    private var countedAt: ContinuousClock.Instant

    static let max = 100.0
    static let perSecond = 10.0

    init(at now: ContinuousClock.Instant) { countedAt = now }

    /// A Request came.
    mutating func add() { left = Swift.min(left + 1, Self.max) }

    /// False when there is none left.
    mutating func spend(at now: ContinuousClock.Instant) -> Bool {
        let passed = (now - countedAt) / .seconds(1)
        countedAt = now
        left = Swift.min(left + passed * Self.perSecond, Self.max)
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
