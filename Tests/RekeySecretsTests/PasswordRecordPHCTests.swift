import Foundation
import RekeyCore
import RekeyTestSupport
import Testing

@testable import RekeySecrets

@Suite struct PasswordRecordPHCTests {
    private static let record = PasswordRecord(
        cost: .floor, pepper: 1, salt: Array(0..<16), tag: Array(0..<32))
    private static let text =
        "$argon2id$v=19$m=19456,t=2,p=1,keyid=AAAAAQ$AAECAwQFBgcICQoLDA0ODw"
        + "$AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

    @Test("R43: a record is exported as a PHC string, and comes back the same")
    func roundTrip() throws {
        #expect(Self.record.phc == Self.text)
        #expect(try PasswordRecord(phc: Self.text) == Self.record)
        let source = SeededRandomness(seed: 43)
        for pepper in [0, 1, 0xFF00_FF00, .max] as [UInt32] {
            let record = PasswordRecord(
                cost: .ceiling, pepper: pepper, salt: source.bytes(16), tag: source.bytes(32))
            #expect(try PasswordRecord(phc: record.phc) == record)
        }
    }

    @Test(
        "R46: a string that asks for too much or too little is refused",
        arguments: [
            "m=1048577,t=2", "m=4294967295,t=2", "m=19456,t=11", "m=19456,t=4294967295",
            "m=19455,t=2", "m=19456,t=1", "m=0,t=0",
        ])
    func bounds(_ cost: String) {
        let text = Self.text.replacingOccurrences(of: "m=19456,t=2", with: cost)
        #expect(throws: PHCError.costOutOfBounds) { try PasswordRecord(phc: text) }
    }

    @Test(
        "any other spelling is refused",
        arguments: [
            ("argon2id", "argon2i"), ("argon2id", "ARGON2ID"), ("v=19", "v=16"), ("$v=19", ""),
            ("m=19456", "m=019456"), ("m=19456", "m=+19456"), ("m=19456", "m=4294967296"),
            ("m=19456", "m=99999999999999999999"), ("m=19456", "m=-1"), ("m=19456", "m="),
            ("m=19456,t=2", "t=2,m=19456"), ("p=1", "p=2"), ("p=1", "p=01"), (",keyid=AAAAAQ", ""),
            ("AAAAAQ", "AAAAAR"), ("AAAAAQ", "AAAAA"), ("AAAAAQ", "AAAAAQ=="), (",p=1", ",p=1,x=1"),
            ("DA0ODw", "DA0OD"), ("DA0ODw", "DA0ODx"), ("DA0ODw", "DA0ODw=="), ("Hh8", "Hh8A"),
            ("Hh8", "Hh9"), ("Hh8", "Hh8$"), ("Hh8", "Hh8\n"), ("Hh8", ""),
            ("$argon2id", "argon2id"),
        ])
    func malformed(_ change: (String, String)) {
        let text = Self.text.replacingOccurrences(of: change.0, with: change.1)
        #expect(text != Self.text)
        #expect(throws: PHCError.malformed) { try PasswordRecord(phc: text) }
    }

    @Test("R46: whatever a damaged string says, it is refused or within the ceiling (fuzz)")
    func fuzz() {
        let source = SeededRandomness(seed: 46)
        let letters = Array("0123456789,=$mtpkeyid+-/Av\u{0}\u{E9}".utf8)
        var (refused, accepted) = (0, 0)
        for _ in 0..<5_000 {
            var bytes = Array(Self.text.utf8)
            let drawn = source.bytes(9)
            for change in 0...Int(drawn[0] % 4) {
                let index = Int(drawn[1 + 2 * change]) % bytes.count
                let letter = letters[Int(drawn[2 + 2 * change]) % letters.count]
                switch drawn[0] >> 6 {
                case 0: bytes[index] = letter
                case 1: bytes.insert(letter, at: index)
                case 2: bytes.remove(at: index)
                default: bytes.insert(contentsOf: bytes[index...].prefix(8), at: index)
                }
            }
            guard let record = try? PasswordRecord(phc: String(decoding: bytes, as: UTF8.self))
            else {
                refused += 1
                continue
            }
            accepted += 1
            #expect(record.cost.isAcceptable)
            #expect(record.salt.count == 16 && record.tag.count == 32)
            #expect(record.phc.utf8.elementsEqual(bytes))
        }
        #expect(refused > 1_000 && accepted > 100)
    }
}
