import RekeyCore
import RekeySimulation
import RekeyWire
import Testing

@testable import RekeyStore

@Suite("How many passwords have which cost")
struct HashCostsTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private var generator = SeededGenerator(seed: 51)

    private static let dear = HashCost(memoryKiB: 65_536, passes: 3)

    @Test(
        "R51: a store counts them over activations, hashing anew, deletions, and a start of any kind"
    )
    mutating func counted() async throws {
        let store = try Bench.make(disk, time)
        #expect(store.hashCosts() == [:])
        var dear = Bench.password
        dear.cost = Self.dear
        var ids: [SubjectID] = []
        for number in 0..<40 {
            let id: SubjectID = generator.id()
            let draw = Draw(&generator)
            try await store.createAccount(id, draw)
            if number % 4 > 0 {
                try await store.activate(id, draw.reset, code: true, Draw(&generator))
            }
            if number % 4 > 1 {
                try await store.login(id, password: true, Draw(&generator), rehashed: dear)
            }
            if number % 4 > 2 { try await store.delete(id) }
            ids.append(id)
            if number == 20 { try store.writeCheckpoint() }
        }
        let expected = [Bench.password.cost: 10, Self.dear: 10]
        #expect(store.hashCosts() == expected)
        // Over the checkpoint and the log behind it.
        try store.close()
        let replayed = try Bench.open(disk, time)
        #expect(replayed.hashCosts() == expected)
        // Over a checkpoint alone.
        try replayed.writeCheckpoint()
        try replayed.close()
        let restored = try Bench.open(disk, time)
        #expect(restored.hashCosts() == expected)
        for id in ids { try await restored.delete(id) }
        #expect(restored.hashCosts() == [:])
    }

    @Test("R51: a cost is read off a row as it was packed", arguments: 0..<40)
    func row(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let subject = generator.subject()
        let row = Records.encode(subject, Arena())
        #expect(try Records.hashCost(inRow: row) == subject.account?.password?.cost)
    }

    @Test("R46, R51: a damaged record, which nothing is held against, is not counted")
    func damaged() {
        var costs = HashCosts()
        costs.replace(nil, with: HashCost(memoryKiB: .max, passes: 2))
        #expect(costs.counts == [:])
        costs.replace(HashCost(memoryKiB: .max, passes: 2), with: .floor)
        #expect(costs.counts == [.floor: 1])
        costs.replace(.floor, with: nil)
        #expect(costs.counts == [:])
    }
}
