/// When a server that owes an answer is asked whether it is there, and when it is taken for dead
/// (P7.6). Pure: time comes from outside.
struct Silence {
    enum Step: Equatable {
        case look(after: Duration)
        case ping
        case giveUp
    }

    /// Without a byte, before the server is asked …
    let pingAfter: Duration
    /// … and then, before it is given up.
    let pongWithin: Duration

    private var since: ContinuousClock.Instant
    private var pinged: ContinuousClock.Instant?

    init(pingAfter: Duration, pongWithin: Duration, now: ContinuousClock.Instant) {
        self.pingAfter = pingAfter
        self.pongWithin = pongWithin
        since = now
    }

    /// A byte came, or the first call went out that waits for one.
    mutating func end(_ now: ContinuousClock.Instant) {
        since = now
        pinged = nil
    }

    mutating func look(_ now: ContinuousClock.Instant) -> Step {
        if let pinged {
            let rest = pongWithin - (now - pinged)
            return rest > .zero ? .look(after: rest) : .giveUp
        }
        let rest = pingAfter - (now - since)
        if rest > .zero { return .look(after: rest) }
        pinged = now
        return .ping
    }
}
