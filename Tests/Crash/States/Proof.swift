// The program: rounds of one journal run and one store run each, on two threads, until enough states
// were seen. Every round has a seed of its own, and nothing of it is in the files of another.
import Dispatch
import Glibc
import RekeyJournal
import RekeySimulation
import Synchronization

/// The command line, and the rounds that it asks for.
struct Proof {
    private struct Usage: Error, CustomStringConvertible {
        let description =
            "usage: crash-states [--long] [--seed N] [--only journal|store|syncs] "
            + "[--states N] [--state SEED:RUN:OPERATION:CHOICE] | --teeth"
    }

    private struct Total {
        var states = 0
        var recoveries = 0
        var failure: String?

        mutating func add(_ other: Total) {
            states += other.states
            recoveries += other.recoveries
            failure = failure ?? other.failure
        }
    }

    private static let workers = 2
    private static let runs = [JournalRun.name, StoreRun.name, FailedSyncs.name]

    private let stop = StopFlag()
    private var seed: UInt64 = 1
    private var isLong = false
    private var only: String?
    private var states: Int?
    private var place: StatePlace?
    private var listsTeeth = false

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            switch name {
            case "--long": isLong = true
            case "--seed":
                guard let value = rest.popFirst().flatMap({ UInt64($0) }) else { throw Usage() }
                seed = value
            case "--state":
                guard let value = rest.popFirst().flatMap({ StatePlace($0) }) else { throw Usage() }
                place = value
            case "--only":
                only = rest.popFirst()
                guard let only, Self.runs.contains(only) else { throw Usage() }
            case "--states":
                states = rest.popFirst().flatMap { Int($0) }
                guard states != nil else { throw Usage() }
            case "--teeth": listsTeeth = true
            default: throw Usage()
            }
        }
    }

    /// The exit status.
    func run() throws -> Int32 {
        if listsTeeth {
            for tooth in Tooth.allCases { print(tooth.rawValue) }
            return 0
        }
        if let place { return replay(place) }
        if [nil, FailedSyncs.name].contains(only) {
            do {
                try FailedSyncs(seed: seed).tryAll()
            } catch {
                print("\(FailedSyncs.name), seed \(seed): \(Self.text(error))")
                return 1
            }
            if only != nil {
                print("no failed sync lost anything")
                return 0
            }
        }
        let wanted = states ?? (isLong ? 10_000_000 : 100_000)
        var total = Total()
        var round: UInt64 = 0
        while total.states < wanted {
            for result in wave(from: round) { total.add(result) }
            round += UInt64(Self.workers)
            if let failure = total.failure {
                print(failure)
                return 1
            }
            progress("\(total.states.grouped) of \(wanted.grouped) states")
        }
        progress("")
        print(
            "\(total.states.grouped) crash states, \(total.recoveries.grouped) "
                + "recoveries, nothing lost")
        return 0
    }

    /// As many rounds as there are threads, at once.
    private func wave(from first: UInt64) -> [Total] {
        let results = Mutex([Total](repeating: Total(), count: Self.workers))
        let group = DispatchGroup()
        for worker in 0..<Self.workers {
            let seed = seed &* 1_000_003 &+ first + UInt64(worker)
            // A queue each: a thread of its own, however many of them wait.
            DispatchQueue(label: "round").async(group: group) {
                let result = self.round(seed)
                results.withLock { $0[worker] = result }
            }
        }
        group.wait()
        return results.withLock { $0 }
    }

    private func round(_ seed: UInt64) -> Total {
        // The one thread begins with the journal, the other with the store: what is wrong with
        // either shows soon.
        if seed % 2 == 0 {
            var total = explored(StoreRun.self, seed)
            if total.failure == nil { total.add(explored(JournalRun.self, seed)) }
            return total
        }
        var total = explored(JournalRun.self, seed)
        if total.failure == nil { total.add(explored(StoreRun.self, seed)) }
        return total
    }

    private func explored<Run: Workload>(_ type: Run.Type, _ seed: UInt64) -> Total {
        var total = Total()
        guard only == nil || only == Run.name else { return total }
        do {
            var explorer = try Explorer<Run>(
                seed: seed, mixtures: isLong ? 2000 : 40, enough: states ?? .max, stop: stop)
            do {
                try explorer.exploreAll()
            } catch let broken as Located {
                total.failure = Self.report(broken, Run.name, seed)
            }
            total.states = explorer.counts.states
            total.recoveries = explorer.counts.recoveries
        } catch {
            total.failure = "\(Run.name), seed \(seed): \(Self.text(error))"
        }
        if total.failure != nil { stop.raise() }
        return total
    }

    private func replay(_ place: StatePlace) -> Int32 {
        func again<Run: Workload>(_: Run.Type) -> Int32 {
            do {
                var explorer = try Explorer<Run>(seed: place.seed, mixtures: 0, stop: stop)
                try explorer.replay(place)
                print("this state is recovered as promised")
                return 0
            } catch {
                let broken = error as? Located
                print(
                    broken.map { Self.report($0, Run.name, place.seed) } ?? Self.text(error))
                return 1
            }
        }
        return place.run == JournalRun.name ? again(JournalRun.self) : again(StoreRun.self)
    }

    private static func report(_ broken: Located, _ run: String, _ seed: UInt64) -> String {
        let place = broken.place.prefix { $0 != "," }
        return "\(broken.message)\nat \(seed):\(run):\(broken.place)\n"
            + "again: crash-states --state \(seed):\(run):\(place)"
    }

    private static func text(_ error: any Error) -> String {
        (error as? Broken)?.message ?? "\(error)"
    }

    private func progress(_ text: String) {
        guard isatty(STDERR_FILENO) == 1 else { return }
        let line = Array("\r\u{1B}[K\(text)".utf8)
        _ = write(STDERR_FILENO, line, line.count)
    }
}
