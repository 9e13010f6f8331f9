import RekeyCore
import RekeyTestSupport
import Testing

@testable import RekeySecrets

@Suite struct KeyRingTests {
    @Test("R05, R90: a subject is the front of the keyed hash of the canonical identifier")
    func subject() throws {
        let identifier = try CanonicalIdentifier("Alice@bücher.example")
        #expect(
            knownRing().subjectID(of: identifier).description == "3fc56501ab90abc937da0080c5f807cd")
        let other = knownRing(replacing: [.identifier: [knownKey(7, 9)]])
        #expect(other.subjectID(of: identifier) != knownRing().subjectID(of: identifier))
    }

    @Test("the store's tag outlives a rotation and tells every key that does not rotate")
    func storeTag() {
        let tag = knownRing().storeTag
        #expect(
            hex(tag) == "c6019d4f14420ca2485ea0d1a03c53ed20e50e5b8ac28e1a213076e0b139c290")
        for purpose in KeyPurpose.allCases {
            let other = knownRing(replacing: [purpose: [knownKey(7, 77)]])
            #expect((other.storeTag == tag) == purpose.rotates, "\(purpose)")
        }
    }

    @Test("a keyed hash depends on its bytes, its label and its purpose")
    func keyedHash() {
        let ring = knownRing()
        let hash = ring.keyedHash(of: [1], label: "a\0", purpose: .audit)
        #expect(hash.count == 32)
        #expect(hash == ring.keyedHash(of: [1], label: "a\0", purpose: .audit))
        #expect(hash != ring.keyedHash(of: [2], label: "a\0", purpose: .audit))
        #expect(hash != ring.keyedHash(of: [1], label: "b\0", purpose: .audit))
        #expect(hash != ring.keyedHash(of: [1], label: "a\0", purpose: .identifier))
    }

    @Test("a new ring has one key a purpose, all different, and other ones next time")
    func fresh() {
        let ring = KeyRing(randomness: SystemRandomness())
        let keys = KeyPurpose.allCases.flatMap { ring.all($0).map(\.bytes.bytes) }
        #expect(keys.count == KeyPurpose.allCases.count && Set(keys).count == keys.count)
        #expect(KeyRing(randomness: SystemRandomness()).storeTag != ring.storeTag)
    }

    @Test("R69: nothing that holds keys or secrets shows them when printed or dumped")
    func hidden() throws {
        func shown(_ seed: UInt64) throws -> [String] {
            let source = SeededRandomness(seed: seed)
            let ring = KeyRing(randomness: source)
            return [
                dumped(ring), dumped(LinkMinter(ring)), dumped(SessionMinter(ring)),
                dumped(CodeMinter(ring)), dumped(ring.current(.link)),
                dumped(PasswordHasher(ring, randomness: SystemRandomness())),
                dumped(LinkMinter(ring).mint(knownSubject, source.resetID())),
                dumped(CodeMinter(ring).mint(knownSubject, source.resetID(), generation: 0)),
                dumped(try NormalizedPassword("a password of the seed \(seed)")),
                dumped(try CanonicalIdentifier("customer \(seed)")),
            ]
        }
        #expect(try shown(1) == shown(2))
    }
}
