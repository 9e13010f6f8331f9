import RekeyCore
import RekeyTestSupport
import Testing

@testable import RekeySecrets

@Suite struct PasswordHasherTests {
    private let hasher = PasswordHasher(knownRing(), randomness: SeededRandomness(seed: 43))
    private let dear = HashCost(memoryKiB: 65_536, passes: 3)

    private func recipe(_ cost: HashCost) -> PasswordRecord.Recipe {
        PasswordRecord.Recipe(cost: cost, pepper: 7)
    }

    @Test("R43: a record is argon2id of the peppered password with 16 bytes of salt and 32 of tag")
    func record() throws {
        let password = try NormalizedPassword("p\u{E9}pper and salt 15")
        let record = try hasher.hash(password, cost: .floor)
        #expect(record.cost == HashCost(memoryKiB: 19_456, passes: 2))
        #expect(record.salt.count == 16 && record.tag.count == 32 && record.pepper == 7)
        // HMAC-SHA-256 under the known pepper, computed by another implementation.
        let input = bytes(hex: "8b71b97aaab331fc98f163205ffc95bd35b1fe02745aec58d1ab9053ba0f6a62")
        withScratch(32) { tag in
            #expect(
                input.withUnsafeBytes {
                    Argon2id.derive(tag, from: $0, salt: record.salt, cost: record.cost)
                })
            #expect(Array(tag) == record.tag)
        }
    }

    @Test("R39: a password verifies in either normal form, and another one does not")
    func verifies() throws {
        let record = try hasher.hash(try NormalizedPassword("une cl\u{E9} de 12"), cost: .floor)
        for (text, matches) in [
            ("une cl\u{E9} de 12", true), ("une cle\u{301} de 12", true),
            ("une cle de 12", false), ("une cl\u{E9} de 12 ", false), ("", false),
        ] {
            #expect(
                try hasher.verify(try NormalizedPassword(text), against: record) == matches)
        }
        var flipped = record
        flipped.tag[31] ^= 1
        let password = try NormalizedPassword("une cl\u{E9} de 12")
        #expect(try !hasher.verify(password, against: flipped))
    }

    @Test("R44: the same password on two accounts gives different records")
    func salted() throws {
        let password = try NormalizedPassword("the same password")
        let (first, second) = (
            try hasher.hash(password, cost: .floor), try hasher.hash(password, cost: .floor)
        )
        #expect(first.salt != second.salt && first.tag != second.tag)
    }

    @Test("R47: without its pepper a record proves nothing, and with an older one it still does")
    func pepper() throws {
        let password = try NormalizedPassword("a peppered password")
        let record = try hasher.hash(password, cost: .floor)
        func other(_ keys: [MACKey]) -> PasswordHasher {
            PasswordHasher(
                knownRing(replacing: [.pepper: keys]), randomness: SeededRandomness(seed: 1))
        }
        let sameNumber = other([knownKey(7, 99)])
        let rotated = other([knownKey(7, 4), knownKey(8, 99)])
        #expect(try !sameNumber.verify(password, against: record))
        #expect(try rotated.verify(password, against: record))
        #expect(rotated.isOutdated(record, cost: .floor))
        #expect(!hasher.isOutdated(record, cost: .floor))
        #expect(throws: PasswordHasherError.pepperUnknown(7)) {
            try other([knownKey(8, 99)]).verify(password, against: record)
        }
    }

    @Test("R45: a record below today's cost is outdated, one at or above it is not")
    func outdated() {
        let record = PasswordRecord(
            cost: HashCost(memoryKiB: 65_536, passes: 3), pepper: 7, salt: [], tag: [])
        for (memoryKiB, passes, outdated) in [
            (65_536, 3, false), (65_537, 3, true), (65_536, 4, true), (19_456, 2, false),
            (19_456, 4, true),
        ] as [(UInt32, UInt32, Bool)] {
            let cost = HashCost(memoryKiB: memoryKiB, passes: passes)
            #expect(hasher.isOutdated(record, cost: cost) == outdated)
        }
    }

    @Test(
        "R46, R80: a cost above the ceiling or below the floor is refused before any work",
        arguments: [
            (1_048_577, 2), (.max, 2), (19_456, 11), (19_456, .max), (.max, .max), (19_455, 2),
            (19_456, 1), (0, 0),
        ] as [(UInt32, UInt32)])
    func bounds(_ pair: (UInt32, UInt32)) throws {
        let password = try NormalizedPassword("any password")
        let cost = HashCost(memoryKiB: pair.0, passes: pair.1)
        let record = PasswordRecord(
            cost: cost, pepper: 7, salt: .init(repeating: 0, count: 16),
            tag: .init(repeating: 0, count: 32))
        #expect(throws: PasswordHasherError.costOutOfBounds) {
            try hasher.verify(password, against: record)
        }
        #expect(throws: PasswordHasherError.costOutOfBounds) {
            try hasher.hash(password, cost: cost)
        }
    }

    @Test(
        "R46: a record whose salt or tag has a wrong size is refused, an empty tag first of all",
        arguments: [(16, 0), (16, 31), (16, 33), (0, 32), (15, 32), (17, 32)])
    func damaged(_ counts: (Int, Int)) throws {
        let record = PasswordRecord(
            cost: .floor, pepper: 7, salt: .init(repeating: 0, count: counts.0),
            tag: .init(repeating: 0, count: counts.1))
        let password = try NormalizedPassword("any password")
        #expect(throws: PasswordHasherError.damagedRecord) {
            try hasher.verify(password, against: record)
        }
    }

    @Test("R51: a stand-in is the same at every call, its subject's own, and never matches")
    func standIn() throws {
        let subject = SubjectID(rawValue: 51)
        let known = recipe(.floor)
        let record = hasher.standIn(for: subject, among: [known: 3], otherwise: dear)
        #expect(record == hasher.standIn(for: subject, among: [known: 3], otherwise: dear))
        #expect(record.cost == .floor && record.pepper == 7)
        let other = hasher.standIn(
            for: SubjectID(rawValue: 52), among: [known: 3], otherwise: dear)
        #expect(record.salt != other.salt && record.tag != other.tag)
        let ring = knownRing(replacing: [.identifier: [knownKey(7, 90)]])
        let elsewhere = PasswordHasher(ring, randomness: SeededRandomness(seed: 1))
        #expect(
            elsewhere.standIn(for: subject, among: [known: 3], otherwise: dear).tag
                != record.tag)
        #expect(try !hasher.verify(try NormalizedPassword("any password"), against: record))
    }

    @Test("R51: stand-ins have the costs of the store, weighted as there")
    func weights() {
        let unused = HashCost(memoryKiB: 32_768, passes: 2)
        var counts: [HashCost: Int] = [:]
        for subject in 0..<4_000 {
            let record = hasher.standIn(
                for: SubjectID(rawValue: UInt128(subject)),
                among: [recipe(.floor): 30, recipe(dear): 10, recipe(unused): 0], otherwise: unused)
            counts[record.cost, default: 0] += 1
        }
        #expect(counts[unused] == nil)
        // 1,000 are expected; 5 standard deviations are 137.
        #expect(abs(counts[dear, default: 0] - 1_000) < 137)
        let first = hasher.standIn(for: SubjectID(rawValue: 1), among: [:], otherwise: dear)
        #expect(first.cost == dear)
    }

    @Test(
        "R46, R51: a stand-in never has the cost of a damaged record, which is held against nobody")
    func damagedIsNoChoice() {
        let hostile = recipe(HashCost(memoryKiB: .max, passes: 2))
        for subject in 0..<100 {
            let id = SubjectID(rawValue: UInt128(subject))
            let among = [hostile: 1_000, recipe(dear): 1]
            #expect(hasher.standIn(for: id, among: among, otherwise: .floor).cost == dear)
        }
    }

    @Test("R51: as accounts move to a higher cost, a stand-in does so once and never goes back")
    func migration() {
        for subject in 0..<200 {
            // The store grows meanwhile, by 7 accounts of the higher cost for each that moves.
            let costs = (0...100).map { moved in
                hasher.standIn(
                    for: SubjectID(rawValue: UInt128(subject)),
                    among: [recipe(.floor): 100 - moved, recipe(dear): 8 * moved], otherwise: dear
                ).cost
            }
            let changes = zip(costs, costs.dropFirst()).count { $0 != $1 }
            #expect(changes == 1 && costs.first == .floor && costs.last == dear)
        }
    }
}
