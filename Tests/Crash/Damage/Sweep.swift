// The program: every damage to every specimen, on two threads, judged and counted.
import Dispatch
import Glibc
import RekeyJournal
import RekeySimulation
import Synchronization

/// The command line and what it asks for.
struct Sweep {
    /// What an opening of a damaged disk may come to.
    enum Outcome: String, CaseIterable {
        case identical
        case refused
        case lastBatchSetAside = "last batch set aside"
    }

    private struct Usage: Error, CustomStringConvertible {
        let description = "usage: damage-sweep [--long] [--seed N] [--only SPECIMEN] [--sample N]"
    }

    private struct Tally {
        var counts: [FileKind: [Outcome: Int]] = [:]
        var failure: String?

        mutating func add(_ other: Tally) {
            for (kind, counts) in other.counts {
                self.counts[kind, default: [:]].merge(counts, uniquingKeysWith: +)
            }
            failure = failure ?? other.failure
        }
    }

    private static let workers = 2

    private var seed: UInt64 = 1
    private var isLong = false
    private var only: String?
    /// So many damages of each specimen.
    private var sample: Int?

    init(_ arguments: [String]) throws {
        var rest = arguments[...]
        while let name = rest.popFirst() {
            switch name {
            case "--long": isLong = true
            case "--seed":
                guard let value = rest.popFirst().flatMap({ UInt64($0) }) else { throw Usage() }
                seed = value
            case "--sample":
                sample = rest.popFirst().flatMap { Int($0) }
                guard sample != nil else { throw Usage() }
            case "--only":
                only = rest.popFirst()
                guard only != nil else { throw Usage() }
            default: throw Usage()
            }
        }
    }

    /// The exit status.
    func run() throws -> Int32 {
        var total = Tally()
        for round in 0..<(isLong ? 8 : 1) as Range<UInt64> {
            let roundSeed = seed &+ round &* 1_000_003
            do {
                try Specimen.spoiled(seed: roundSeed)
            } catch {
                print("spoiled checkpoints, seed \(roundSeed): \(error)")
                return 1
            }
            for specimen in try Specimen.all(seed: roundSeed)
            where only ?? specimen.name == specimen.name {
                guard try specimen.open(SimulatedDisk(specimen.image)) == specimen.content else {
                    print("\(specimen.name), seed \(roundSeed): another state without any damage")
                    return 1
                }
                total.add(sweep(specimen, roundSeed))
                if let failure = total.failure {
                    print("\(failure)\nagain: damage-sweep --seed \(roundSeed)")
                    return 1
                }
            }
        }
        report(total)
        return 0
    }

    private func sweep(_ specimen: Specimen, _ seed: UInt64) -> Tally {
        var generator = SeededGenerator(seed: seed)
        let all = Damage.all(of: specimen, &generator, everything: isLong)
        let damages = sample.map { Array(all.shuffled(using: &generator).prefix($0)) } ?? all
        let group = DispatchGroup()
        let total = Total()
        for _ in 0..<Self.workers {
            DispatchQueue(label: "sweep").async(group: group) {
                var tally = Tally()
                while tally.failure == nil, !total.isBroken.load(ordering: .relaxed) {
                    let first = total.next.add(64, ordering: .relaxed).oldValue
                    guard first < damages.count else { break }
                    for damage in damages[first..<min(first + 64, damages.count)] {
                        judge(damage, specimen, &tally)
                        if tally.failure != nil { break }
                    }
                }
                if tally.failure != nil { total.isBroken.store(true, ordering: .relaxed) }
                total.tally.withLock { $0.add(tally) }
            }
        }
        group.wait()
        return total.tally.withLock { $0 }
    }

    /// What the threads of one specimen share.
    private final class Total: Sendable {
        let next = Atomic(0)
        let isBroken = Atomic(false)
        let tally = Mutex(Tally())
    }

    private func judge(_ damage: Damage, _ specimen: Specimen, _ tally: inout Tally) {
        var image = specimen.image
        damage.apply(to: &image, pruned: specimen.pruned)
        guard image != specimen.image else { return }
        let disk = SimulatedDisk(image)
        let kind = FileKind(damage.path)
        do {
            let outcome = try outcome(of: damage, specimen, disk, image)
            tally.counts[kind, default: [:]][outcome, default: 0] += 1
        } catch {
            tally.failure = "\(specimen.name): \(damage)\n\(error)"
        }
    }

    private struct Wrong: Error, CustomStringConvertible {
        let description: String
    }

    private func outcome(
        of damage: Damage, _ specimen: Specimen, _ disk: SimulatedDisk, _ image: DiskImage
    ) throws -> Outcome {
        do {
            let content = try specimen.open(disk)
            try crashed(disk, specimen, content)
            if content == specimen.content {
                // Nothing is set aside of a batch of which nothing is left.
                let isUnnoticed =
                    Self.setAside(disk).isEmpty && specimen.isChanged(in: image)
                    && !specimen.isLastBatchErased(in: image)
                if isUnnoticed { throw Wrong(description: "it opened, and nobody noticed") }
                return .identical
            }
            guard content == specimen.withoutLast else {
                throw Wrong(description: "it opened, and the state is another")
            }
            guard damage.path == specimen.files(.log).last else {
                throw Wrong(description: "the last batch is missing, and it was not damaged")
            }
            // Nothing is kept of a batch of which nothing is left.
            guard
                specimen.isLastBatchErased(in: image)
                    || disk.image.files.keys.contains(where: { $0.hasSuffix(".torn") })
            else {
                throw Wrong(description: "the last batch is missing, and no copy was kept")
            }
            return .lastBatchSetAside
        } catch let error as JournalError {
            guard Self.isHonest(error.code, damage) else {
                throw Wrong(description: "it was refused as \(error.code): \(error)")
            }
            guard disk.image == image else {
                throw Wrong(description: "it was refused, and the disk was changed: \(error)")
            }
            return .refused
        }
    }

    /// The power goes as soon as it is open: it comes back the same, and what was set aside is there.
    private func crashed(
        _ disk: SimulatedDisk, _ specimen: Specimen, _ content: Specimen.Content
    ) throws {
        var generator = SeededGenerator(seed: seed)
        let setAside = Self.setAside(disk)
        let left = disk.crash(keeping: &generator)
        do {
            guard try specimen.open(left) == content else {
                throw Wrong(description: "it opened, and after a power cut the state is another")
            }
        } catch let error as JournalError {
            throw Wrong(description: "it opened, and after a power cut it does not: \(error)")
        }
        guard setAside.allSatisfy({ Self.setAside(left)[$0.key] == $0.value }) else {
            throw Wrong(description: "what was set aside is gone after a power cut")
        }
    }

    private static func setAside(_ disk: SimulatedDisk) -> [String: [UInt8]] {
        disk.contents.filter { $0.key.contains("/quarantine/") }
    }

    private static func isHonest(_ code: JournalError.Code, _ damage: Damage) -> Bool {
        switch (code, FileKind(damage.path), damage) {
        case (.corrupt, _, _), (.unknownVersion, .manifest, _), (.notFound, .manifest, .remove):
            true
        default: false
        }
    }

    private func report(_ total: Tally) {
        var damages = 0
        for kind in FileKind.allCases {
            let counts = total.counts[kind] ?? [:]
            damages += counts.values.reduce(0, +)
            let columns = Outcome.allCases.map { outcome in
                let number = String(counts[outcome] ?? 0)
                return String(repeating: " ", count: max(0, 9 - number.utf8.count)) + number + " "
                    + outcome.rawValue
            }
            let name = kind.rawValue + String(repeating: " ", count: 11 - kind.rawValue.utf8.count)
            print(name + columns.joined())
        }
        print("\(damages.grouped) damages: none went unnoticed")
    }
}
