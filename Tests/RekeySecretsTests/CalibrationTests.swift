import RekeyCore
import RekeySimulation
import RekeyTestSupport
import Testing

@testable import RekeySecrets

@Suite("A cost for a machine")
struct CalibrationTests {
    /// A machine that takes so many µs for a MiB and a pass.
    private func proposal(
        _ target: Duration, microseconds: Double, memoryMiBMax: Int = 1024
    ) async throws -> Calibration.Measured {
        try await Calibration(target: target, memoryMiBMax: memoryMiBMax) { cost in
            #expect(cost.isAcceptable)
            return .microseconds(microseconds * Double(cost.memoryMiB) * Double(cost.passes))
        }.proposal()
    }

    @Test("R43: where the least that is accepted takes too long, it is proposed all the same")
    func slow() async throws {
        let found = try await proposal(.milliseconds(100), microseconds: 10_000)
        #expect(found.cost == .floor && found.time == .milliseconds(380))
    }

    @Test("R43: a proposal is within the time and near to it, on machines of any speed")
    func near() async throws {
        var generator = SeededGenerator(seed: 43)
        for _ in 0..<500 {
            let speed = Double.random(in: 20...2_000, using: &generator)
            let target = Duration.milliseconds(Int.random(in: 80...2_000, using: &generator))
            let found = try await proposal(target, microseconds: speed)
            #expect(found.cost.isAcceptable && found.time <= target)
            // The next MiB, or pass where memory has an end, may already be too much.
            let step = found.cost.memoryMiB < 1024 ? 1 / 19.0 : 1.0 / Double(found.cost.passes)
            let isHighest = found.cost == .ceiling
            #expect(isHighest || found.time / target > 0.95 / (1 + step))
        }
    }

    @Test("More passes only where there is no more memory to have")
    func passes() async throws {
        let wide = try await proposal(.milliseconds(500), microseconds: 600)
        #expect(wide.cost.passes == 2 && wide.cost.memoryMiB > 390)
        let deep = try await proposal(.milliseconds(500), microseconds: 600, memoryMiBMax: 100)
        #expect(deep.cost == HashCost(memoryKiB: 100 * 1024, passes: 8))
    }

    @Test(
        "On a machine that repeats itself badly a few measurements do, and the proposal kept the time"
    )
    func noisy() async throws {
        for seed in 0..<100 {
            var generator = SeededGenerator(seed: UInt64(seed))
            var count = 0
            let found = try await Calibration(target: .milliseconds(100), memoryMiBMax: 1024) {
                cost in
                count += 1
                let noise = Double.random(in: 0.8...1.4, using: &generator)
                return .microseconds(noise * 600 * Double(cost.memoryMiB) * Double(cost.passes))
            }.proposal()
            #expect(count <= 16)
            #expect(found.time <= .milliseconds(100) || found.cost == .floor)
        }
    }
}
