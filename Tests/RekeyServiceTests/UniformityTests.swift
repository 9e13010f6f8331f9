import RekeyCore
import RekeySimulation
import RekeyTestSupport
import Testing

@Suite("Whoever asks, the same answer and the same work")
struct UniformityTests {
    /// What somebody can hear and what the disk has to do.
    private struct Cost: Hashable {
        var reply: String
        var recordSizes: [Int]
    }

    private func cost<Reply>(
        _ world: World, _ call: () async throws -> Reply
    ) async throws -> Cost {
        // What was written without waiting is on disk before whatever is written after it.
        _ = try await world.call(RequestReset.self, .init(identifier: "somebody else"))
        let before = try world.recordSizes().count
        let reply: String
        do {
            reply = "\(try await call())"
        } catch {
            reply = "\(error)"
        }
        return Cost(reply: reply, recordSizes: Array(try world.recordSizes().dropFirst(before)))
    }

    @Test(
        "R01, R04, R93: RequestReset costs and answers the same for every identifier, and twice in a row"
    )
    func requestReset() async throws {
        let world = try World(seed: 21)
        let password = "my first long password"
        for identifier in ["active", "locked", "disabled", "blocked", "over", "changed"] {
            try await world.createActiveAccount(identifier, password: password)
        }
        _ = try await world.createAccount("pending")
        _ = try await world.call(LockAccount.self, .init(identifier: "locked"))
        _ = try await world.call(DisableAccount.self, .init(identifier: "disabled"))
        _ = try await world.call(
            UpdateAccount.self,
            .init(identifier: "changed", expectedVersion: 2, mail: "other@exemple.fr"))
        for _ in 0..<5 {
            _ = await world.refusal(
                Login.self, .init(identifier: "blocked", password: Secret("no".utf8)))
        }
        _ = try await world.call(RequestReset.self, .init(identifier: "over"))
        var costs: Set<Cost> = []
        for identifier in [
            "active", "pending", "locked", "disabled", "blocked", "over", "changed", "unknown",
            "unknown",
        ] {
            costs.insert(
                try await cost(world) {
                    try await world.call(RequestReset.self, .init(identifier: identifier))
                })
        }
        #expect(costs.count == 1)
        #expect(costs.first?.recordSizes.count == 1)
    }

    @Test("R50: Login answers and writes the same for wrong, unknown, locked, disabled and pending")
    func login() async throws {
        let world = try World(seed: 22)
        for identifier in ["active", "locked", "disabled"] {
            try await world.createActiveAccount(identifier, password: "my first long password")
        }
        _ = try await world.createAccount("pending")
        _ = try await world.call(LockAccount.self, .init(identifier: "locked"))
        _ = try await world.call(DisableAccount.self, .init(identifier: "disabled"))
        var costs: Set<Cost> = []
        for identifier in ["active", "locked", "disabled", "pending", "unknown"] {
            for _ in 0..<7 {
                costs.insert(
                    try await cost(world) {
                        try await world.login(identifier, "no password of theirs")
                    })
            }
        }
        // A right password where login is not allowed hears the same.
        for identifier in ["locked", "disabled"] {
            costs.insert(
                try await cost(world) {
                    try await world.login(identifier, "my first long password")
                })
        }
        #expect(costs.count == 1)
    }

    @Test("R30: Activate answers and writes the same for a wrong and a late code and a dead link")
    func activate() async throws {
        let world = try World(seed: 23)
        try await world.createActiveAccount("C-1", password: "my first long password")
        let dead = try await world.requestReset("C-1")
        world.time.advance(by: .hours(12))
        let late = try await world.requestReset("C-1")
        world.time.advance(by: .minutes(11))
        let live = try await world.requestReset("C-1")
        let wrong = World.Keys(link: live.link, code: Secret("?????".utf8))
        var costs: Set<Cost> = []
        for keys in [dead, late, wrong] {
            costs.insert(
                try await cost(world) { try await world.activate(keys, "my second long password") })
        }
        #expect(costs.count == 1)
    }
}
