import RekeyCore
import RekeySimulation
import Testing

@testable import RekeyService

@Suite("A rate, and who owes how much")
struct RateTests {
    private static let second: Int64 = 1_000_000_000

    /// How many of `calls` pass that come at these instants, and until when they are owed.
    private func passed(_ rate: Rate, _ calls: [Int64], debt: inout Int64) -> Int {
        calls.reduce(0) { count, now in
            guard rate.wait(debt, at: now) <= 0 else { return count }
            debt = rate.after(debt, at: now)
            return count + 1
        }
    }

    @Test(
        "As many as the limit says pass at once, then one for each that was paid, to the nanosecond",
        arguments: [1, 3, 7, 10, 20, 600, 50_000, 700_000_000, 1_000_000_000])
    func exact(count: Int) {
        let rate = Rate(count, per: .hours(24))
        let burst = min(count, 60_000)
        var debt = burst < count ? rate.interval * Int64(count - burst) : 0
        #expect(passed(rate, Array(repeating: 0, count: burst), debt: &debt) == burst)
        let wait = rate.wait(debt, at: 0)
        #expect(wait == rate.interval)
        #expect(passed(rate, [wait - 1], debt: &debt) == 0)
        #expect(passed(rate, [wait, wait], debt: &debt) == 1)
    }

    @Test("However calls come, no more pass than the credit and what was paid", arguments: 1...20)
    func bounded(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...50, using: &chance)
        let rate = Rate(count, per: .minutes(1))
        var (now, debt, passed) = (Int64(0), Int64(0), [Int64]())
        for _ in 0..<3_000 {
            now +=
                Int64.random(in: 0...(4 * rate.interval), using: &chance)
                / Int64.random(in: 1...9, using: &chance)
            if self.passed(rate, [now], debt: &debt) == 1 { passed.append(now) }
        }
        for (index, first) in passed.enumerated() {
            let inOneMinute = passed[index...].prefix { $0 - first < 60 * Self.second }.count
            #expect(inOneMinute <= 2 * count)
            let paid = Int((now - first) / rate.interval)
            #expect(passed.count - index <= count + paid + 1)
        }
        #expect(passed.count > 500)
    }

    @Test("After a start a quarter of the credit is there, one at least, and all of it in time")
    func start() {
        for (count, quarter) in [(1, 1), (3, 1), (8, 2), (20, 5), (10_000, 2500)] {
            let rate = Rate(count, per: .hours(1))
            var debt = rate.debtAtStart
            let calls = [Int64](repeating: 0, count: count)
            #expect(passed(rate, calls, debt: &debt) == quarter)
            debt = rate.debtAtStart
            let later = [Int64](repeating: 3600 * Self.second, count: 2 * count)
            #expect(passed(rate, later, debt: &debt) == count)
        }
    }
}

@Suite("Until when each payer owes")
struct DebtTableTests {
    private func payer(_ chance: inout SeededGenerator) -> Payer {
        Payer((0..<16).map { _ in UInt8.random(in: 0...255, using: &chance) })
    }

    @Test("What is written is read, and whoever was never seen owes what others do")
    func reads() {
        var chance = SeededGenerator(seed: 1)
        var table = DebtTable(places: 1 << 12, debtOfOthers: 7)
        let payers = (0..<1000).map { _ in payer(&chance) }
        for (index, payer) in payers.enumerated() { table[payer] = Int64(1000 + index) }
        for (index, payer) in payers.enumerated() { #expect(table[payer] == Int64(1000 + index)) }
        #expect(table[payer(&chance)] == 7)
        table[payers[0]] = 3
        #expect(table[payers[0]] == 7, "nobody owes less than who was never seen")
    }

    @Test("R92: a flood of fresh addresses pushes out nobody who owes more than they do")
    func flood() {
        var chance = SeededGenerator(seed: 2)
        var table = DebtTable(places: 1 << 10, debtOfOthers: 0)
        let abusers = (0..<200).map { _ in payer(&chance) }
        for abuser in abusers { table[abuser] = 20 }
        for _ in 0..<50_000 { table[payer(&chance)] = 1 }
        #expect(abusers.allSatisfy { table[$0] == 20 })
        // They are pushed out by greater debts alone.
        for _ in 0..<50_000 { table[payer(&chance)] = 30 }
        #expect(abusers.allSatisfy { table[$0] == 0 })
    }
}
