// The ways in which the power can go at one moment, by number: first every simple one, then seeded
// mixtures without end. The same moment and number always give the same survivors.
import RekeySimulation

/// The survivors to try at one moment.
struct SurvivorChoices {
    private let names: Int
    private let sectors: [Int]
    private let seed: UInt64
    private var simple: [Survivors] = []

    init(_ model: CrashModel, seed: UInt64) {
        names = model.pendingNames.count
        sectors = model.pendingWrites.map(\.sectors)
        self.seed = seed
        makeSimple()
    }

    /// How many to try: everything simple, and `mixtures` where there is something to mix.
    func count(mixtures: Int) -> Int {
        let isMixable = sectors.contains { $0 > 1 } || sectors.count + names > 4
        return simple.count + (isMixable ? mixtures : 0)
    }

    subscript(number: Int) -> Survivors {
        if number < simple.count { return simple[number] }
        var generator = SeededGenerator(seed: seed ^ UInt64(number) &* 0xD6E8_FEB8_6659_FD93)
        return Survivors(
            names: (0..<names).map { _ in Bool.random(using: &generator) },
            writes: sectors.map { Self.mixture($0, &generator) })
    }

    private mutating func makeSimple() {
        for kept in Self.nameChoices(names) {
            for count in 0...sectors.count { add(kept, keptWrites: count) { _ in .dropped } }
            if !sectors.isEmpty { add(kept, keptWrites: 0) { _ in .lengthAlone } }
        }
        let outer = names == 0 ? [[]] : [true, false].map { [Bool](repeating: $0, count: names) }
        for kept in outer {
            for (index, count) in sectors.enumerated() {
                for torn in Self.tornWrites(count) {
                    add(kept, keptWrites: index) { $0 == index ? torn : .dropped }
                    guard sectors.count > 1 else { continue }
                    add(kept, keptWrites: 0) { $0 == index ? torn : .kept }
                    add(kept, keptWrites: 0) { $0 == index ? torn : .dropped }
                }
            }
        }
    }

    private mutating func add(
        _ names: [Bool], keptWrites: Int, _ others: (Int) -> Survivors.Write
    ) {
        simple.append(
            Survivors(
                names: names,
                writes: sectors.indices.map { $0 < keptWrites ? .kept : others($0) }))
    }

    /// All combinations while there are few; else all, none, all but one, one alone.
    private static func nameChoices(_ count: Int) -> [[Bool]] {
        if count <= 5 {
            return (0..<1 << count).map { mask in (0..<count).map { mask >> $0 & 1 == 1 } }
        }
        var choices = [true, false].map { [Bool](repeating: $0, count: count) }
        for index in 0..<count {
            for isKept in [true, false] {
                var choice = [Bool](repeating: !isKept, count: count)
                choice[index] = isKept
                choices.append(choice)
            }
        }
        return choices
    }

    /// Every subset of a few sectors; of more: prefixes, suffixes, single ones, all but one, and
    /// every subset of a few blocks of 4 KiB.
    private static func tornWrites(_ sectors: Int) -> [Survivors.Write] {
        let all = sectors == 64 ? UInt64.max : 1 << UInt64(sectors) - 1
        var masks: Set<UInt64> = []
        if sectors <= 8 { masks.formUnion(0...all) }
        for index in 0..<UInt64(sectors) {
            let upTo = (UInt64(1) << index) - 1
            masks.formUnion([upTo, all & ~upTo, 1 << index, all & ~(1 << index)])
        }
        let blocks = (sectors + 7) / 8
        if blocks <= 4 {
            for subset in 0..<UInt64(1) << UInt64(blocks) { masks.insert(all & ofBlocks(subset)) }
        }
        masks.subtract([0, all])
        return [.lengthAlone] + masks.sorted().map { Survivors.Write(sectors: $0) }
    }

    /// The sectors of a set of blocks of 4 KiB.
    private static func ofBlocks(_ blocks: UInt64) -> UInt64 {
        var sectors: UInt64 = 0
        for block in 0..<UInt64(8) where blocks >> block & 1 == 1 { sectors |= 0xFF << (8 * block) }
        return sectors
    }

    private static func mixture(
        _ sectors: Int, _ generator: inout SeededGenerator
    ) -> Survivors.Write {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: return .kept
        case 1: return .dropped
        case 2:
            let end = UInt64.random(in: 0..<UInt64(sectors), using: &generator)
            return Survivors.Write(sectors: (1 << end) - 1)
        case 3:
            return Survivors.Write(sectors: ofBlocks(generator.next()))
        default:
            return Survivors.Write(
                sectors: generator.next(), keepsLength: Bool.random(using: &generator))
        }
    }
}
