import RekeyCore
import RekeySimulation
import RekeyWire
import Testing

@testable import RekeyStore

@Suite("How many passwords were made in which way")
struct RecipesTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private var generator = SeededGenerator(seed: 51)

    @Test(
        "R51: a store counts them over activations, hashing anew, deletions, and a start of any kind"
    )
    mutating func counted() async throws {
        let store = try Bench.make(disk, time)
        #expect(store.recipes() == [:])
        var dear = Bench.password
        dear.cost = HashCost(memoryKiB: 65_536, passes: 3)
        dear.pepper = 2
        var ids: [SubjectID] = []
        for number in 0..<40 {
            let id: SubjectID = generator.id()
            let draw = Draw(&generator)
            try await store.createAccount(id, draw)
            if number % 4 > 0 {
                try await store.activate(id, draw.reset, code: true, Draw(&generator))
            }
            if number % 4 > 1 {
                try await store.login(id, password: true, Draw(&generator))
                try await store.renew(id, dear)
            }
            if number % 4 > 2 { try await store.delete(id, Draw(&generator)) }
            ids.append(id)
            if number == 20 { try store.writeCheckpoint() }
        }
        let expected = [Bench.password.recipe: 10, dear.recipe: 10]
        #expect(store.recipes() == expected)
        // Over the checkpoint and the log behind it.
        try store.close()
        let replayed = try Bench.open(disk, time)
        #expect(replayed.recipes() == expected)
        // Over a checkpoint alone.
        try replayed.writeCheckpoint()
        try replayed.close()
        let restored = try Bench.open(disk, time)
        #expect(restored.recipes() == expected)
        for id in ids { try await restored.delete(id, Draw(&generator)) }
        #expect(restored.recipes() == [:])
    }

    @Test("R47, R51: how a password was made is read off a row as it was packed", arguments: 0..<40)
    func row(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let subject = generator.subject()
        let row = Records.encode(subject, Arena())
        #expect(try Records.recipe(inRow: row) == subject.account?.password?.recipe)
    }
}
