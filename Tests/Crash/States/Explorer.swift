// Walks along a recording and cuts the power after each change, in every way that the budget allows.
// Each disk that is left is recovered by the real code, twice, and some of them are cut off again in
// the middle of that recovery.
import RekeyJournal
import RekeySimulation

/// All crashes of one run.
struct Explorer<Run: Workload> {
    /// What was found so far.
    struct Counts {
        var states = 0
        var recoveries = 0
    }

    /// Seeded mixtures for each change, beyond the simple choices.
    let mixtures: Int
    let seed: UInt64
    /// So many states are enough.
    let enough: Int
    /// Raised when something broke elsewhere.
    let stop: StopFlag
    private let run: Run
    private(set) var counts = Counts()
    /// How much of the run each state brings back.
    private var reached: [Digest: Int32] = [:]

    init(seed: UInt64, mixtures: Int, enough: Int = .max, stop: StopFlag) throws {
        self.seed = seed
        self.mixtures = mixtures
        self.enough = enough
        self.stop = stop
        run = try Run(seed: seed)
    }

    mutating func exploreAll() throws {
        try walk { explorer, model, promise, operation in
            let choices = SurvivorChoices(model, seed: explorer.seed &+ UInt64(operation))
            for number in 0..<choices.count(mixtures: explorer.mixtures) {
                try explorer.locating("\(operation):\(number)") { explorer in
                    let state = model.state(choices[number])
                    try explorer.judge(state, promise: promise)
                }
            }
            try explorer.kill(model, promise: promise, operation)
        }
    }

    /// One state again, with what it holds.
    mutating func replay(_ place: StatePlace) throws {
        try walk { explorer, model, promise, operation in
            guard operation == place.operation else { return }
            let choices = SurvivorChoices(model, seed: explorer.seed &+ UInt64(operation))
            let survivors = choices[place.choice]
            let state = model.state(survivors)
            print("after \(operation) changes, \(promise) records promised; pending:")
            for (pending, isKept) in zip(model.pendingNames, survivors.names) {
                print("    \(isKept ? "kept   " : "dropped") \(pending.change)")
            }
            for (pending, kept) in zip(model.pendingWrites, survivors.writes) {
                print(
                    "    \(pending.bytes.count) bytes at \(pending.offset): sectors "
                        + String(kept.sectors & pending.mask, radix: 2)
                        + (kept.keepsLength ? ", full length" : ""))
            }
            for file in state.files { print("    \(file.path) \(file.bytes.count) bytes") }
            try explorer.locating("\(operation):\(place.choice)") { explorer in
                try explorer.judge(state, promise: promise, isReplay: true)
            }
            try explorer.kill(model, promise: promise, operation)
        }
    }

    private mutating func walk(
        _ body: (inout Self, CrashModel, Int, Int) throws -> Void
    ) throws {
        var model = CrashModel()
        var promise = -1
        for (operation, change) in run.changes.enumerated() {
            if stop.isRaised || counts.states >= enough { return }
            model.apply(change)
            if case .note(let note) = change { promise = max(promise, note) }
            try body(&self, model, promise, operation)
        }
    }

    private mutating func judge(
        _ state: CrashState, promise: Int, isReplay: Bool = false
    ) throws {
        if let known = reached[state.digest] { return try require(Int(known), promise) }
        let isCutAgain = isReplay || state.digest.pick(24) == 0
        let disk = SimulatedDisk(state.image)
        if isCutAgain { disk.startRecording() }
        let count = try run.recover(disk, closing: state.digest.pick(2) == 0)
        note(state, count)
        try require(count, promise)
        try requireOnlyTorn(disk)
        let again = try run.recover(disk, closing: false)
        counts.recoveries += 1
        guard again == count else {
            throw Broken("\(count) records came back, and \(again) when recovered again")
        }
        if isReplay || state.digest.pick(8) == 1 { try spoilCheckpoint(of: state, count) }
        if isCutAgain { try cutRecovery(of: state, disk, count) }
    }

    /// A power cut damages no checkpoint: what is set aside after one is a batch that was in flight.
    private func requireOnlyTorn(_ disk: SimulatedDisk) throws {
        let strange = disk.contents.keys.first {
            $0.contains("/quarantine/") && !$0.hasSuffix(".torn")
        }
        if let strange { throw Broken("a power cut alone made a start set \(strange) aside") }
    }

    /// Two checkpoints are kept, and the log from the older: whenever the power goes, the newest one
    /// may be unreadable as well.
    private mutating func spoilCheckpoint(of state: CrashState, _ count: Int) throws {
        var image = state.image
        let newest = image.files.keys.filter { $0.hasSuffix(".checkpoint") }.max()
        guard let newest, let last = image.files[newest]?.indices.last else { return }
        image.files[newest]?[min(last, 4095)] ^= 1
        counts.recoveries += 1
        do {
            let again = try run.recover(SimulatedDisk(image), closing: false)
            guard again != count else { return }
            throw Broken("\(count) records came back, and \(again) without the newest checkpoint")
        } catch let error as JournalError {
            throw Broken("without the newest checkpoint the opening was refused: \(error)")
        }
    }

    /// The process is killed and the machine goes on: the next process starts from what programs see,
    /// and answers from what came back. Then the power goes.
    private mutating func kill(_ model: CrashModel, promise: Int, _ operation: Int) throws {
        guard !model.pendingNames.isEmpty || !model.dirtyFiles.isEmpty else { return }
        try locating("\(operation):0, killed") { explorer in
            var (image, model) = model.killed()
            let disk = SimulatedDisk(image)
            disk.startRecording()
            let count = try explorer.run.recover(disk, closing: false)
            explorer.counts.recoveries += 1
            try explorer.require(count, promise)
            guard count >= 0 else { return }
            for change in disk.recording { model.apply(change) }
            let choices = SurvivorChoices(model, seed: explorer.seed &+ UInt64(operation))
            let all = choices.count(mixtures: 4)
            for number in stride(from: 0, to: all, by: max(1, all / 12)) {
                try explorer.locating(", then cut off: \(number)") { explorer in
                    try explorer.bringBack(model.state(choices[number]), count, after: "the kill")
                }
            }
        }
    }

    /// What a crash left of an opening that had brought back `count` records brings back as many.
    private mutating func bringBack(
        _ left: CrashState, _ count: Int, after what: String
    ) throws {
        var again = reached[left.digest].map(Int.init)
        if again == nil {
            let found = try run.recover(SimulatedDisk(left.image), closing: false)
            note(left, found)
            again = found
        }
        guard again != count else { return }
        throw Broken("\(count) records came back, and \(again ?? -1) after a crash behind \(what)")
    }

    /// The power goes once more, during the recovery. What it had copied aside is not lost again.
    private mutating func cutRecovery(
        of state: CrashState, _ disk: SimulatedDisk, _ count: Int
    ) throws {
        var model = CrashModel(state)
        let torn = Self.setAside(on: disk)
        let ordered = Timeline.ordered(disk.recording, seed: seed, keepingUnused: false)
        for (operation, change) in ordered.enumerated() {
            model.apply(change)
            let choices = SurvivorChoices(model, seed: state.digest.pick(.max) &+ UInt64(operation))
            let all = choices.count(mixtures: 8)
            for number in stride(from: 0, to: all, by: max(1, all / 12)) {
                let left = model.state(choices[number])
                try locating(", cut off again: \(operation):\(number)") { explorer in
                    if let known = explorer.reached[left.digest] {
                        return try explorer.require(same: Int(known), count)
                    }
                    let disk = SimulatedDisk(left.image)
                    let again = try explorer.run.recover(disk, closing: false)
                    explorer.note(left, again)
                    try explorer.require(same: again, count)
                    guard torn.isSubset(of: Self.setAside(on: disk)) else {
                        throw Broken("the copy of a torn batch is gone after a crash")
                    }
                }
            }
        }
    }

    private static func setAside(on disk: SimulatedDisk) -> Set<[UInt8]> {
        Set(disk.contents.filter { $0.key.hasSuffix(".torn") }.values)
    }

    private mutating func note(_ state: CrashState, _ count: Int) {
        reached[state.digest] = Int32(count)
        // Without a store id in it a state may be the same in every run: counted in none.
        if count >= 0 { counts.states += 1 }
        counts.recoveries += 1
    }

    private func require(_ count: Int, _ promise: Int) throws {
        guard count < promise else { return }
        throw Broken("\(promise) records were acknowledged, and \(count) came back")
    }

    private func require(same again: Int, _ count: Int) throws {
        guard again != count else { return }
        throw Broken("\(count) records came back, and \(again) after a crash of that recovery")
    }

    /// Names the place of whatever breaks.
    private mutating func locating(
        _ place: String, _ body: (inout Self) throws -> Void
    ) throws {
        do {
            try body(&self)
        } catch let broken as Located {
            throw Located(place: place + broken.place, message: broken.message)
        } catch let broken as Broken {
            throw Located(place: place, message: broken.message)
        } catch {
            throw Located(place: place, message: "the opening was refused: \(error)")
        }
    }
}
