import ArgumentParser
import Foundation
import RekeyCore
import RekeySecrets

/// `rekeyd calibrate`: what argon2id may cost on this machine.
struct CalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Measure this machine and propose what hashing a password may cost.",
        discussion: """
            As many hashes at once as the server computes, on threads of the same low priority. Each \
            line is the median of what one of them took. Run it while nothing else does, and take \
            the proposal over into the configuration by hand: nothing is changed.
            """)

    @Option(help: ArgumentHelp("How long one hash may take, 10ms to 5000ms.", valueName: "time"))
    var target: HashTime

    @Option(help: "The configuration file, for its hashing.threads.")
    var config: String?

    func run() async throws {
        let settings = try await Settings.load(
            file: config, flags: [], environment: ProcessInfo.processInfo.environment)
        let threads = try settings.hashingThreads()
        let bench = try HashBench(threads: threads)
        // Half of it is the store's and everybody else's, at the least.
        let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory >> 20) / 2
        print(
            "\(threads) at once on a machine of \(2 * memory) MiB, of which all take half at most\n"
        )
        print(Self.line("MiB", "passes", "ms", "hashes/s", "MiB in all"))
        let calibration = Calibration(target: target.duration, memoryMiBMax: memory / threads) {
            let time = try await bench.median($0)
            print(Self.line($0, time, threads: threads))
            return time
        }
        let found = try await calibration.proposal()
        print("\n\(Self.advice(found, target: target.duration))")
    }

    /// What was found, and where it goes.
    static func advice(_ found: Calibration.Measured, target: Duration) -> String {
        let cost = found.cost
        let reached =
            found.time <= target
            ? "This is the most that takes \(target.milliseconds) ms at most:"
            : "No cost that is accepted takes \(target.milliseconds) ms; this is the lowest:"
        return """
            \(reached)

              "hashing": { "memory-mib": \(cost.memoryMiB), "passes": \(cost.passes) }

            A password that was set with less is hashed anew at its next login.
            """
    }

    private static func line(_ cost: HashCost, _ time: Duration, threads: Int) -> String {
        line(
            "\(cost.memoryMiB)", "\(cost.passes)",
            time.milliseconds.formatted(.number.precision(.fractionLength(1))),
            (Double(threads) * (.seconds(1) / time)).formatted(
                .number.precision(.fractionLength(0)).grouping(.never)),
            "\(threads * cost.memoryMiB)")
    }

    private static func line(_ columns: String...) -> String {
        columns.map { String(repeating: " ", count: max(0, 10 - $0.utf8.count)) + $0 }.joined()
    }
}

/// "100ms".
struct HashTime: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard argument.hasSuffix("ms"), let milliseconds = Int(argument.dropLast(2)),
            (10...5000).contains(milliseconds)
        else { return nil }
        duration = .milliseconds(milliseconds)
    }
}

extension Duration {
    fileprivate var milliseconds: Double { self / .milliseconds(1) }
}
