import RekeyCore
import RekeyTestSupport
import Testing

@testable import RekeySecrets

@Suite("Rotating and retiring keys")
struct KeyRotationTests {
    private let day = Duration.hours(24)
    private let week = Duration.hours(168)
    private let start = Timestamp(milliseconds: 1_795_464_000_000)
    private let source = SeededRandomness(seed: 5)

    private func refusal(_ body: () throws -> Void) -> KeyChangeError? {
        do {
            try body()
            return nil
        } catch {
            return error as? KeyChangeError
        }
    }

    /// The number of the key that a token was made with, as its bytes say.
    private func keyNumber(_ token: Secret) throws -> UInt8 {
        var bytes = [UInt8](repeating: 0, count: 53)
        try bytes.withUnsafeMutableBytes { bytes in
            try #require(token.withBytes { Base64.url.decode($0, into: bytes) })
        }
        return bytes[4]
    }

    @Test(
        "Links: the older one opens under the new ring, new ones carry the new key, until retired")
    func links() throws {
        let ring = KeyRing(randomness: source, now: start)
        let old = LinkMinter(ring).mint(knownSubject, knownReset)
        let rotated = try ring.rotated(.link, randomness: source, now: start + day)
        let new = LinkMinter(rotated).mint(knownSubject, knownReset)
        #expect(try keyNumber(old) == 1 && keyNumber(new) == 2)
        #expect(LinkMinter(rotated).open(old)?.id == knownReset)
        #expect(LinkMinter(rotated).open(new)?.id == knownReset)
        #expect(LinkMinter(ring).open(new) == nil)
        let retired = try rotated.retiring(.link, 1, now: start + week + day, recipes: [:])
        #expect(LinkMinter(retired).open(old) == nil)
        #expect(LinkMinter(retired).open(new)?.id == knownReset)
    }

    @Test("Sessions: likewise")
    func sessions() throws {
        let ring = KeyRing(randomness: source, now: start)
        let id = source.sessionID()
        let old = SessionMinter(ring).mint(knownSubject, id)
        let rotated = try ring.rotated(.session, randomness: source, now: start + day)
        let new = SessionMinter(rotated).mint(knownSubject, id)
        #expect(try keyNumber(old) == 1 && keyNumber(new) == 2)
        #expect(SessionMinter(rotated).open(old)?.id == id)
        let retired = try rotated.retiring(.session, 1, now: start + day + day, recipes: [:])
        #expect(SessionMinter(retired).open(old) == nil)
        #expect(SessionMinter(retired).open(new)?.id == id)
    }

    @Test("Codes: likewise")
    func codes() throws {
        let ring = KeyRing(randomness: source, now: start)
        func proven(_ code: Secret, _ ring: KeyRing) -> UInt64 {
            CodeMinter(ring).provenGenerations(by: code, knownSubject, knownReset, upTo: 0)
        }
        let old = CodeMinter(ring).mint(knownSubject, knownReset, generation: 0)
        let rotated = try ring.rotated(.code, randomness: source, now: start + day)
        let new = CodeMinter(rotated).mint(knownSubject, knownReset, generation: 0)
        #expect(new != old)
        #expect(proven(old, rotated) == 1 && proven(new, rotated) == 1 && proven(new, ring) == 0)
        let retired = try rotated.retiring(.code, 1, now: start + day + day, recipes: [:])
        #expect(proven(old, retired) == 0 && proven(new, retired) == 1)
    }

    @Test(
        "R47: a password outlives a rotation of the pepper, hashes anew, and holds the old one fast"
    )
    func pepper() throws {
        let ring = KeyRing(randomness: source, now: start)
        let password = try NormalizedPassword("a password of fifteen")
        let cost = HashCost.floor
        let record = try PasswordHasher(ring, randomness: source).hash(password, cost: cost)
        let rotated = try ring.rotated(.pepper, randomness: source, now: start + day)
        let hasher = PasswordHasher(rotated, randomness: source)
        #expect(record.pepper == 1)
        #expect(try hasher.verify(password, against: record))
        #expect(hasher.isOutdated(record, cost: cost))
        let renewed = try hasher.hash(password, cost: cost)
        #expect(renewed.pepper == 2)
        let later = start + .hours(24 * 365)
        #expect(
            refusal {
                _ = try rotated.retiring(
                    .pepper, 1, now: later, recipes: [record.recipe: 1, renewed.recipe: 7])
            }
                == .named(1, by: 1))
        let retired = try rotated.retiring(
            .pepper, 1, now: start + day, recipes: [renewed.recipe: 8])
        #expect(throws: PasswordHasherError.pepperUnknown(1)) {
            try PasswordHasher(retired, randomness: source).verify(password, against: record)
        }
        #expect(
            try PasswordHasher(retired, randomness: source).verify(password, against: renewed))
    }

    @Test("A rotation and a retirement leave the store's check value and every subject as they are")
    func sameStore() throws {
        var ring = KeyRing(randomness: source, now: start)
        let (tag, identifier) = (ring.storeTag, try CanonicalIdentifier("C-1234567"))
        let subject = ring.subjectID(of: identifier)
        for purpose in KeyPurpose.allCases where purpose.rotates {
            ring = try ring.rotated(purpose, randomness: source, now: start)
            ring = try ring.retiring(purpose, 1, now: start + week, recipes: [:])
        }
        #expect(ring.storeTag == tag && ring.subjectID(of: identifier) == subject)
    }

    @Test(
        "Code and session keys go 24 h after the next key was made, link keys 7 days, not a ms before"
    )
    func tooEarly() throws {
        for purpose in [KeyPurpose.link, .code, .session] {
            let ring = try KeyRing(randomness: source, now: start)
                .rotated(purpose, randomness: source, now: start + .hours(100))
            // The link that takes a change of contacts back may live as long as such a hold.
            let from = start + .hours(100) + (purpose == .link ? week : day)
            for now in [start, start + .hours(100), from - .milliseconds(1)] {
                #expect(
                    refusal { _ = try ring.retiring(purpose, 1, now: now, recipes: [:]) }
                        == .tooEarly(purpose, 1, from: from))
            }
            #expect(
                try ring.retiring(purpose, 1, now: from, recipes: [:]).entries(of: purpose)
                    .map(\.number) == [2])
        }
    }

    @Test("A key of unknown end goes its time after the next rotation, which is later than its end")
    func undated() throws {
        let ring = knownRing(replacing: [.link: [knownKey(1, 1), knownKey(2, 2)]])
        let later = start + .hours(24 * 365)
        #expect(ring.entries(of: .link).map(\.end) == [.unknown, nil])
        #expect(
            refusal { _ = try ring.retiring(.link, 1, now: later, recipes: [:]) }
                == .undated(.link, 1))
        let rotated = try ring.rotated(.link, randomness: source, now: start)
        #expect(rotated.entries(of: .link).map(\.end) == [.since(start), .since(start), nil])
        #expect(
            refusal {
                _ = try rotated.retiring(.link, 1, now: start + .hours(167), recipes: [:])
            } == .tooEarly(.link, 1, from: start + week))
        #expect(
            try rotated.retiring(.link, 1, now: start + week, recipes: [:]).entries(of: .link)
                .map(\.number) == [2, 3])
    }

    @Test(
        "Refused: what does not rotate, the current key, a number that is not there, the last number"
    )
    func refused() throws {
        let ring = KeyRing(randomness: source, now: start)
        for purpose in KeyPurpose.allCases {
            let change = refusal { _ = try ring.rotated(purpose, randomness: source, now: start) }
            #expect(change == (purpose.rotates ? nil : .doesNotRotate(purpose)))
            #expect(
                refusal { _ = try ring.retiring(purpose, 1, now: start + day, recipes: [:]) }
                    == .current(purpose, 1))
            #expect(
                refusal { _ = try ring.retiring(purpose, 2, now: start + day, recipes: [:]) }
                    == .unknown(purpose, 2))
        }
        let last = knownRing(replacing: [.link: [knownKey(.max, 1)]])
        #expect(
            refusal { _ = try last.rotated(.link, randomness: source, now: start) }
                == .numbersUsedUp(.link))
    }

    @Test("A copy of a ring lacks what was made after it, and what has another key's number")
    func missing() throws {
        let ring = KeyRing(randomness: source, now: start)
        let rotated = try ring.rotated(.pepper, randomness: source, now: start)
        #expect(rotated.missing(in: ring).map(\.number) == [2])
        #expect(rotated.missing(in: ring).map(\.purpose) == [.pepper])
        #expect(ring.missing(in: rotated).isEmpty)
        let twin = try ring.rotated(.pepper, randomness: source, now: start)
        #expect(rotated.missing(in: twin).map(\.number) == [2])
        #expect(
            ring.missing(in: KeyRing(randomness: source)).count == KeyPurpose.allCases.count)
    }

    @Test("The times of a ring survive its file")
    func timesInFile() throws {
        let ring = try KeyRing(randomness: source, now: start)
            .rotated(.link, randomness: source, now: start + day)
        try withFolder { folder in
            try ring.write(to: folder + "/keys")
            let loaded = try KeyRing.load(folder + "/keys")
            #expect(loaded.entries(of: .link) == ring.entries(of: .link))
            #expect(loaded.entries(of: .link)[0].end == .since(start + day))
            #expect(loaded.entries(of: .link)[0].madeAt == start)
        }
    }
}
