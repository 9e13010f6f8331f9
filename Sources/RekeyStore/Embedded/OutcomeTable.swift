import DequeModule
import RekeyCore

/// What was answered under idempotency keys, for an hour and at most 10,000 a caller.
struct OutcomeTable {
    private struct Entry {
        var outcome: Outcome
        var sequence: UInt64
    }

    private var entries: [[UInt8]: Entry] = [:]
    /// Keys of each caller, oldest first.
    private var order: [String: Deque<[UInt8]>] = [:]

    /// What may still be asked for, oldest first for each caller.
    func live(at now: Timestamp) -> [Outcome] {
        order.values.flatMap { keys in
            keys.compactMap { find($0, now: now)?.outcome }
        }
    }

    func find(_ key: [UInt8], now: Timestamp) -> (outcome: Outcome, sequence: UInt64)? {
        guard let entry = entries[key], now - entry.outcome.at < IdempotencyKey.life else {
            return nil
        }
        return (entry.outcome, entry.sequence)
    }

    mutating func add(_ outcome: Outcome, sequence: UInt64) {
        // A caller's keys are changed in place: a copy would cost all 10,000 of them, each time.
        let caller = outcome.caller
        while let oldest = order[caller]?.first,
            order[caller]?.count == IdempotencyKey.perCallerMax
                || find(oldest, now: outcome.at) == nil
        {
            order[caller]?.removeFirst()
            entries[oldest] = nil
        }
        let entry = Entry(outcome: outcome, sequence: sequence)
        if entries.updateValue(entry, forKey: outcome.key) == nil {
            order[caller, default: []].append(outcome.key)
        }
    }
}
