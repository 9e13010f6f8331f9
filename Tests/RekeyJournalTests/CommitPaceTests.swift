import Testing

@testable import RekeyJournal

struct CommitPaceTests {
    private static let microsecond: UInt64 = 1_000

    /// A pace whose last batch carried these records, each sync taking 100 µs, the last done at time
    /// 1,000 µs with `waiting` records behind it.
    private func pace(_ last: Int, waiting: Int) -> CommitPace {
        var pace = CommitPace()
        let sync = 100 * Self.microsecond
        pace.synced(records: 3, waiting: 5, took: sync, now: 900 * Self.microsecond)
        pace.synced(records: last, waiting: waiting, took: sync, now: 1_000 * Self.microsecond)
        return pace
    }

    @Test("A single writer never waits for company")
    func single() {
        let pace = pace(1, waiting: 0)
        #expect(pace.step(waiting: 1, now: 1_001 * Self.microsecond) == .start)
    }

    @Test("Two writers that took turns are brought together within a fifth of a sync")
    func turns() {
        let pace = pace(1, waiting: 1)
        let patience = 1_020 * Self.microsecond
        #expect(
            pace.step(waiting: 1, now: 1_001 * Self.microsecond)
                == .sleep(until: patience, orRecords: 2))
        #expect(pace.step(waiting: 2, now: 1_001 * Self.microsecond) == .start)
        #expect(pace.step(waiting: 1, now: patience) == .start)
    }

    @Test("When all who rode in the last one wait again, nothing more is waited for")
    func united() {
        let pace = pace(16, waiting: 0)
        #expect(pace.step(waiting: 16, now: 1_001 * Self.microsecond) == .start)
    }

    @Test("A batch waits for as many as rode in the last and waited, for a fifth of a sync at most")
    func company() {
        let pace = pace(8, waiting: 8)
        let patience = 1_020 * Self.microsecond
        let asleep = CommitPace.Step.sleep(until: patience, orRecords: 16)
        #expect(pace.step(waiting: 0, now: 1_000 * Self.microsecond) == asleep)
        #expect(pace.step(waiting: 15, now: 1_019 * Self.microsecond) == asleep)
        #expect(pace.step(waiting: 16, now: 1_001 * Self.microsecond) == .start)
        #expect(pace.step(waiting: 1, now: patience) == .start)
    }

    @Test("After 10 ms without a record one floor is due, and only one")
    func floor() {
        var pace = pace(1, waiting: 0)
        let idle = 11_000 * Self.microsecond
        #expect(pace.step(waiting: 0, now: idle - 1) == .sleep(until: idle, orRecords: 1))
        #expect(pace.step(waiting: 0, now: idle) == .floor)
        pace.synced(records: 0, waiting: 0, took: 100, now: idle + 100)
        #expect(pace.step(waiting: 0, now: 10 * idle) == .sleep(until: nil, orRecords: 1))
    }
}
