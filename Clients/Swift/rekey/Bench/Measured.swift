import RekeyClient

/// What a run came to, or has come to so far.
struct Measured: Sendable {
    enum Ending: String, Sendable {
        case timeOver = "TIME_OVER"
        case usedUp = "USED_UP"
        case interrupted = "INTERRUPTED"
        case connectionsLost = "CONNECTIONS_LOST"
    }

    var elapsed: Duration
    var outcomes: [Outcome: Latencies] = [:]
    /// Why a connection ended before the run did.
    var lost: ClientError?
    var ending = Ending.timeOver

    init(elapsed: Duration, _ tallies: [Tally]) {
        self.elapsed = elapsed
        for tally in tallies {
            let current = tally.current
            lost = lost ?? current.lost
            outcomes.merge(current.outcomes) { mine, other in mine.adding(other) }
        }
    }

    func count(_ outcome: Outcome) -> UInt64 { outcomes[outcome]?.count ?? 0 }

    /// Answers of the server's that were no success.
    var refused: UInt64 {
        outcomes.reduce(0) { (sum: UInt64, entry) in
            if case .refused = entry.key { sum + entry.value.count } else { sum }
        }
    }

    func perSecond(_ count: UInt64) -> Int {
        Int((Double(count) / (elapsed / .seconds(1))).rounded())
    }
}
