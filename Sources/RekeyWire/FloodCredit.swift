/// How many frames that ask for no call a connection may still send (P7.7). Pure.
struct FloodCredit {
    private var left = WireLimits.floodMax
    private var countedAt: ContinuousClock.Instant

    init(at now: ContinuousClock.Instant) { countedAt = now }

    /// A Request came.
    mutating func add() { left = min(left + 1, WireLimits.floodMax) }

    /// False when there is none left.
    mutating func spend(at now: ContinuousClock.Instant) -> Bool {
        let passed = (now - countedAt) / .seconds(1)
        countedAt = now
        left = min(left + passed * WireLimits.floodPerSecond, WireLimits.floodMax)
        guard left >= 1 else { return false }
        left -= 1
        return true
    }
}
