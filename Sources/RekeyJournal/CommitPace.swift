// When does the next batch start? Pure: the commit thread asks, sleeps or writes, and reports back.
//
// Starting at once splits closed-loop clients into two halves that take turns, each sync carrying one.
// So a batch waits for all the company there is, but for no more than a fifth of a sync: for those who
// rode in the last one, which are about to come again, and those who waited by then. A single writer
// is its own company and waits for nobody.

/// The pace of group commit. Times are nanoseconds of one monotonic clock.
struct CommitPace: Equatable {
    /// What the commit thread does next.
    enum Step: Equatable {
        /// Write what waits.
        case start
        /// Write an empty floor batch.
        case floor
        /// Sleep until that moment (nil: for good), or until so many records wait.
        case sleep(until: UInt64?, orRecords: Int)
    }

    static let idleNanoseconds: UInt64 = 10_000_000

    private var rodeLast = 0
    private var meanSync: UInt64 = 0
    private var durableAt: UInt64 = 0
    private var waitedWhenDurable = 0
    private var owesFloor = false

    private var company: Int { rodeLast + waitedWhenDurable }
    private var isSingle: Bool { company <= 1 }
    private var patience: UInt64 { durableAt + meanSync / 5 }

    /// Until when the commit thread stays awake: a single writer's next record is about to come, and
    /// both would pay for the sleep.
    var watchesUntil: UInt64 { isSingle ? patience : 0 }

    /// A batch of `records` became durable at `now`, `took` after its write began; `waiting` records
    /// were waiting by then.
    mutating func synced(records: Int, waiting: Int, took: UInt64, now: UInt64) {
        durableAt = now
        // A batch half full counts as everybody.
        waitedWhenDurable = min(waiting, 1 << 20)
        meanSync = meanSync == 0 ? took : (meanSync * 7 + took) / 8
        owesFloor = records > 0
        guard records > 0 else { return }
        rodeLast = records
    }

    /// There is no room for a floor; one comes with the next batch.
    mutating func skipFloor() { owesFloor = false }

    func step(waiting: Int, now: UInt64) -> Step {
        let gathers = !isSingle && now < patience
        if waiting > 0 {
            guard gathers, waiting < company else { return .start }
            return .sleep(until: patience, orRecords: company)
        }
        if gathers { return .sleep(until: patience, orRecords: max(company, 1)) }
        guard owesFloor else { return .sleep(until: nil, orRecords: 1) }
        let idle = durableAt + Self.idleNanoseconds
        return now >= idle ? .floor : .sleep(until: idle, orRecords: 1)
    }
}
