import RekeyCore
import RekeySimulation
import Testing

@testable import RekeyStore

@Suite("Crashes")
struct CrashTests {
    /// One person at work: asks, activates, logs in, sends letters; until the disk is gone.
    private func work(
        _ store: EmbeddedStore, _ history: History, _ time: SimulatedTime, person: Int, seed: UInt64
    ) async {
        var generator = SeededGenerator(seed: seed)
        let policy = Bench.policy
        var unsure: [LetterID] = []
        do {
            for step in 0..<14 {
                let id = history.subjects.randomElement(using: &generator) ?? history.subjects[0]
                let draw = Draw(&generator)
                let isRight = generator.count(0...2) == 0
                let hasWritten: Bool
                switch generator.count(0...10) {
                case 0, 1:
                    let facts = CreateAccount.Facts(
                        profile: Bench.profile(id), reset: draw.reset, letters: draw.letters)
                    hasWritten = try await history.transact(store, id, nil) { subject, now in
                        CreateAccount.decide(subject, facts, policy, now)
                    }
                case 2...4:
                    let facts = RequestReset.Facts(reset: draw.reset, letters: draw.letters)
                    let number = Int(seed) * 1000 + person * 100 + step
                    let key = isRight ? Bench.key(number) : nil
                    hasWritten = try await history.transact(store, id, key) { subject, now in
                        RequestReset.decide(subject, facts, policy, now)
                    }
                case 5, 6:
                    hasWritten = try await history.transact(store, id, nil) {
                        subject, now -> Decision<Nothing> in
                        Activate.decide(
                            subject,
                            Activate.Facts(
                                reset: subject.account?.resets.last?.id ?? draw.reset,
                                provenGenerations: isRight ? .max : 0,
                                newPassword: Bench.password, letters: draw.letters),
                            policy, now)
                    }
                case 7:
                    hasWritten = try await history.transact(store, id, nil) {
                        subject, now -> Decision<Nothing> in
                        DeleteAccount.decide(
                            subject,
                            DeleteAccount.Facts(change: draw.reset, letters: draw.letters),
                            policy, now)
                    }
                case 8:
                    hasWritten = try await history.transact(store, id, nil) {
                        subject, now -> Decision<Nothing> in
                        let change = subject.deletedAccount?.contactChange?.id ?? draw.reset
                        return CancelContactChange.decide(subject, change, now)
                    }
                default:
                    for letter in try await store.letters(due: 3).letters {
                        let again = generator.count(0...3) == 0
                        if !again { history.settling(letter.id) }
                        try store.settle([(letter, again ? .again(at: time.wall()) : .gone)])
                        if !again { unsure.append(letter.id) }
                    }
                    continue
                }
                // What this person settled before the call was written before it.
                if hasWritten {
                    history.settledDurably(unsure)
                    unsure = []
                }
                time.advance(by: .seconds(generator.count(0...15)))
            }
        } catch {}
    }

    @Test(
        "After any crash all that anybody was told is there, and the state is a prefix of history",
        arguments: 0..<120 as Range<UInt64>)
    func crash(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let time = SimulatedTime()
        let history = History(subjects: (0..<4).map { _ in generator.id() })
        var disk = SimulatedDisk()
        try Bench.create(on: disk, options: Bench.small)
        for round in 0..<2 as Range<UInt64> {
            // The power may go while it works, or already while it recovers.
            disk.powerOff(afterOperations: generator.count(1...300))
            if let store = try? Bench.open(
                disk, time, options: Bench.small, checkpointBytes: 3 << 14)
            {
                try await history.check(store)
                await withDiscardingTaskGroup { group in
                    for person in 0..<4 {
                        let seed = (seed * 2 + round) * 4 + UInt64(person)
                        group.addTask {
                            await work(store, history, time, person: person, seed: seed)
                        }
                    }
                }
            }
            disk = disk.crash(keeping: &generator)
        }
        let store = try Bench.open(disk, time, options: Bench.small)
        try await history.check(store)
        try store.close()
        try await history.check(try Bench.open(disk, time, options: Bench.small))
    }
}
