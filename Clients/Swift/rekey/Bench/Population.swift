import RekeyClient
import RekeyCore

/// The accounts that a run uses, made before it by the same means.
struct Population {
    var count: Int
    /// What making them came to.
    var made: Measured

    private static let look: Duration = .milliseconds(100)
    /// Letters of which none leaves for so long will not leave.
    private static let patience: Duration = .seconds(10)

    /// Returns when the accounts are there and their letters are sent, so that neither is measured.
    func settle(
        _ interrupts: Interrupts, _ progress: ProgressLine, _ remote: Remote
    ) async throws(CommandError) {
        guard made.ending != .interrupted else { throw Self.interrupted }
        if let lost = made.lost, lost.kind == .callerRefused { throw CommandError(lost) }
        guard made.count(.succeeded) == count else {
            let others = made.outcomes.keys.filter { $0 != .succeeded }.map(\.name).sorted()
            throw CommandError(
                .unavailable, "POPULATION_INCOMPLETE",
                "\(made.count(.succeeded)) of \(count) accounts were made; of others: "
                    + others.joined(separator: ", "),
                advice: "wait until no letter waits (rekey status), or ask for fewer accounts")
        }
        do throws(CommandError) {
            try await lettersSent(interrupts, progress, remote)
        } catch {
            try progress.clear()
            throw error
        }
        try progress.clear()
    }

    private func lettersSent(
        _ interrupts: Interrupts, _ progress: ProgressLine, _ remote: Remote
    ) async throws(CommandError) {
        var fewest = Int.max
        var since = ContinuousClock.now
        while !interrupts.haveOccurred {
            let waiting = try await remote.call(ServerStatus.self, Nothing()).lettersWaiting
            if waiting == 0 { return }
            if waiting < fewest {
                fewest = waiting
                since = .now
            }
            guard ContinuousClock.now - since < Self.patience else {
                throw CommandError(
                    .unavailable, "LETTERS_STUCK",
                    "the accounts are made, but \(waiting) letters wait and none leaves",
                    advice: "find out why: rekey letters list")
            }
            try progress.show("\(count) accounts are made; \(waiting) letters leave")
            // A server does not tell when its last letter left: it is asked.
            try? await Task.sleep(for: Self.look)
        }
        throw Self.interrupted
    }

    private static let interrupted = CommandError(
        .outOfTime, "INTERRUPTED", "interrupted before anything was measured")
}
