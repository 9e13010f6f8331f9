import RekeyCore
import RekeySecrets
import RekeyStore

/// Times hashes the way a server computes them: on its pool, all threads at work.
struct HashBench {
    private static let rounds = 7

    private let threads: Int
    private let pool: HashingPool
    private let hasher: PasswordHasher
    private let password: NormalizedPassword

    init(threads: Int) throws {
        self.threads = threads
        pool = try HashingPool(threads: threads, queueLength: threads)
        let randomness = SystemRandomness()
        hasher = PasswordHasher(
            KeyRing(randomness: randomness, now: SystemTime().wall()), randomness: randomness)
        password = try NormalizedPassword(Secret("a password to be timed".utf8))
    }

    /// What one hash takes, of several.
    func median(_ cost: HashCost) async throws -> Duration {
        var times: [Duration] = []
        for _ in 0..<Self.rounds {
            times += try await withThrowingTaskGroup { group in
                for _ in 0..<threads { group.addTask { try await time(cost) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        return times.sorted()[times.count / 2]
    }

    private func time(_ cost: HashCost) async throws -> Duration {
        let (hasher, password) = (hasher, password)
        let result = try await pool.run {
            var made: Result<PasswordRecord, PasswordHasherError>?
            let time = ContinuousClock().measure {
                made = Result { () throws(PasswordHasherError) in
                    try hasher.hash(password, cost: cost)
                }
            }
            return (made, time)
        }
        do {
            _ = try result.0?.get()
        } catch {
            throw Failure(Failure.other, "\(error)")
        }
        return result.1
    }
}
