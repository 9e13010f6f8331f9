// The cost of a hash for a machine, found by measuring. Pure but for `measure`, which its caller brings.

public import RekeyCore

/// The search for the highest cost that a machine computes within a time.
///
/// Memory first, and passes when there is no more of it, since memory is what an attacker's hardware lacks
/// (RFC 9106, section 4).
public struct Calibration {
    /// A cost and how long one hash of it takes.
    public struct Measured: Equatable, Sendable {
        public let cost: HashCost
        public let time: Duration
    }

    /// How long a hash may take.
    public let target: Duration
    /// What one hash may take of memory, in whole MiB; within the floor's and the ceiling's.
    public let memoryMiBMax: Int

    private let measure: (HashCost) async throws -> Duration

    /// - Parameter measure: how long a hash takes, looked at anew at each call.
    public init(
        target: Duration, memoryMiBMax: Int,
        _ measure: @escaping (HashCost) async throws -> Duration
    ) {
        self.target = target
        self.memoryMiBMax = min(
            max(memoryMiBMax, HashCost.floor.memoryMiB), HashCost.ceiling.memoryMiB)
        self.measure = measure
    }

    /// The highest cost that takes no longer than `target`; the floor where that takes longer.
    public func proposal() async throws -> Measured {
        let floor = try await measured(.floor)
        guard floor.time < target else { return floor }
        let widest = try await widened(floor)
        return widest.cost.memoryMiB < memoryMiBMax ? widest : try await deepened(widest)
    }

    /// More memory: first as much as fits if time grows as memory does, then half way between what is
    /// known to be too little and too much.
    private func widened(_ floor: Measured) async throws -> Measured {
        var best = floor
        var tooMuch: Int?
        // Closer than this no machine repeats itself.
        while best.time / target < 0.95, best.cost.memoryMiB + 1 < tooMuch ?? memoryMiBMax + 1 {
            let known = best.cost.memoryMiB
            let memory =
                tooMuch.map { (known + $0) / 2 }
                ?? min(
                    max(Int(Double(known) * 0.97 * (target / best.time)), known + 1), memoryMiBMax)
            let found = try await measured(
                HashCost(memoryKiB: UInt32(memory) * 1024, passes: best.cost.passes))
            if found.time <= target { best = found } else { tooMuch = memory }
        }
        return best
    }

    /// More passes.
    private func deepened(_ widest: Measured) async throws -> Measured {
        var best = widest
        while best.cost.passes < HashCost.ceiling.passes {
            let cost = HashCost(memoryKiB: best.cost.memoryKiB, passes: best.cost.passes + 1)
            let found = try await measured(cost)
            guard found.time <= target else { break }
            best = found
        }
        return best
    }

    private func measured(_ cost: HashCost) async throws -> Measured {
        Measured(cost: cost, time: try await measure(cost))
    }
}

extension HashCost {
    /// Whole MiB of memory.
    public var memoryMiB: Int { Int(memoryKiB / 1024) }
}
