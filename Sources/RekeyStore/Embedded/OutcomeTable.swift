import DequeModule
import RekeyCore

/// What was answered under idempotency keys, for an hour and at most 10,000 a caller.
struct OutcomeTable {
    static let life: Duration = .hours(1)
    static let perCallerMax = 10_000

    private struct Entry {
        var outcome: Outcome
        var sequence: UInt64
    }

    private var entries: [[UInt8]: Entry] = [:]
    /// Keys of each caller, oldest first.
    private var order: [String: Deque<[UInt8]>] = [:]

    var all: [Outcome] { entries.values.map(\.outcome) }

    func find(_ key: [UInt8], now: Timestamp) -> (outcome: Outcome, sequence: UInt64)? {
        guard let entry = entries[key], now - entry.outcome.at < Self.life else { return nil }
        return (entry.outcome, entry.sequence)
    }

    mutating func add(_ outcome: Outcome, sequence: UInt64) {
        var keys = order[outcome.caller] ?? []
        while let oldest = keys.first,
            keys.count >= Self.perCallerMax
                || entries[oldest].map({ outcome.at - $0.outcome.at >= Self.life }) ?? true
        {
            keys.removeFirst()
            entries[oldest] = nil
        }
        if entries.updateValue(Entry(outcome: outcome, sequence: sequence), forKey: outcome.key)
            == nil
        {
            keys.append(outcome.key)
        }
        order[outcome.caller] = keys
    }
}
