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
    var target = HashTime(milliseconds: 100)

    @Option(help: "The configuration file, for its hashing.threads.")
    var config: String?

    func run() async throws {
        let settings = try await Settings.load(
            file: config, flags: [], environment: ProcessInfo.processInfo.environment)
        let threads = try settings.hashingThreads()
        let bench = try HashBench(threads: threads)
        // The rest is the store's and everybody else's.
        let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory >> 20) / 2
        print("Hashes at once: \(threads), with \(memory) MiB at most, half of this machine's\n")
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
            ? "Within \(target.text) ms:"
            : "Nothing that is accepted takes \(target.text) ms or less; this is the least:"
        return """
            \(reached)

              "hashing": { "memory-mib": \(cost.memoryMiB), "passes": \(cost.passes) }

            A password that was set with less is hashed anew at its next login.
            """
    }

    private static func line(_ cost: HashCost, _ time: Duration, threads: Int) -> String {
        line(
            "\(cost.memoryMiB)", "\(cost.passes)",
            time.text, "\(Int(Double(threads) * (.seconds(1) / time)))",
            "\(threads * cost.memoryMiB)")
    }

    private static func line(_ columns: String...) -> String {
        columns.map { String(repeating: " ", count: max(0, 12 - $0.utf8.count)) + $0 }.joined()
    }
}

/// "100ms".
struct HashTime: ExpressibleByArgument {
    let duration: Duration

    var defaultValueDescription: String { "\(duration.text)ms" }

    init(milliseconds: Int) { duration = .milliseconds(milliseconds) }

    init?(argument: String) {
        guard argument.hasSuffix("ms"), let milliseconds = Int(argument.dropLast(2)),
            (10...5000).contains(milliseconds)
        else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension Duration {
    /// Whole milliseconds.
    fileprivate var text: String { "\(Int((self / .milliseconds(1)).rounded()))" }
}
