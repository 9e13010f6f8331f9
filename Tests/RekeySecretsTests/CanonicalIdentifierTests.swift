import Foundation
import RekeyTestSupport
import Testing

@testable import RekeySecrets

@Suite struct CanonicalIdentifierTests {
    private func canonical(_ text: String) throws(IdentifierError) -> String {
        String(decoding: try CanonicalIdentifier(text).utf8, as: UTF8.self)
    }

    @Test(
        "R08: spellings of one identifier are one",
        arguments: [
            ("1234567", "1234567"),
            ("AbC-123", "abc-123"),
            ("Alice@Example.COM", "alice@example.com"),
            ("alice@b\u{FC}cher.example", "alice@xn--bcher-kva.example"),
            ("alice@bu\u{308}cher.example", "alice@xn--bcher-kva.example"),
            ("alice@XN--Bcher-KVA.example", "alice@xn--bcher-kva.example"),
            ("ren\u{E9}e@example.com", "rene\u{301}e@example.com"),
            ("\u{212A}elvin", "kelvin"),
            ("H\u{331}", "\u{1E96}"),
            ("\"a@b\"@Example.com", "\"a@b\"@example.com"),
            ("alice@stra\u{DF}e.example", "alice@xn--strae-oqa.example"),
        ])
    func same(_ pair: (String, String)) throws {
        #expect(try CanonicalIdentifier(pair.0) == CanonicalIdentifier(pair.1))
    }

    @Test(
        "R08: look-alikes, compatibility forms and other cases are other identifiers",
        arguments: [
            ("alice@example.com", "\u{430}lice@example.com"),
            ("alice@example.com", "alice@ex\u{430}mple.com"),
            ("fish", "\u{FB01}sh"),
            ("123", "\u{FF11}\u{FF12}\u{FF13}"),
            ("istanbul", "\u{131}stanbul"),
            ("istanbul", "\u{130}stanbul"),
            ("mike@github.example", "mike@g\u{131}thub.example"),
            ("strasse", "stra\u{DF}e"),
            ("\u{E9}", "\u{C9}"),
            ("\u{3C3}", "\u{3C2}"),
            ("k\u{131}", "ki"),
            ("a.b@example.com", "ab@example.com"),
            ("a+b@example.com", "a@example.com"),
            ("alice@stra\u{DF}e.example", "alice@strasse.example"),
            ("ab", "a\u{200B}b"),
            ("ab", "a\u{AD}b"),
            ("x2", "x\u{B2}"),
        ])
    func different(_ pair: (String, String)) throws {
        #expect(try CanonicalIdentifier(pair.0) != CanonicalIdentifier(pair.1))
    }

    @Test(
        "R08, R11: what could not be one identifier everywhere is refused, with the reason",
        arguments: [
            ("", .empty),
            (" ", .whitespaceAtEnds),
            (" a", .whitespaceAtEnds),
            ("a ", .whitespaceAtEnds),
            ("a\u{A0}", .whitespaceAtEnds),
            ("\u{3000}a", .whitespaceAtEnds),
            ("a\r\nb", .forbiddenCharacter),
            ("a\n", .forbiddenCharacter),
            ("a\0b", .forbiddenCharacter),
            ("a\u{7F}", .forbiddenCharacter),
            ("a\u{85}b", .forbiddenCharacter),
            ("a\u{1B}[0m", .forbiddenCharacter),
            ("a\u{2028}b", .forbiddenCharacter),
            ("a\u{2029}b", .forbiddenCharacter),
            ("a\u{202E}b", .forbiddenCharacter),
            ("a\u{2066}b", .forbiddenCharacter),
            ("a\u{200F}b", .forbiddenCharacter),
            ("a\u{61C}b", .forbiddenCharacter),
            ("a\u{378}", .forbiddenCharacter),
            ("@example.com", .notAMailAddress),
            ("a@", .notAMailAddress),
            ("a@.com", .notAMailAddress),
            ("a@example..com", .notAMailAddress),
            ("a@example.com.", .notAMailAddress),
            ("a@-example.com", .notAMailAddress),
            ("a@ex ample.com", .notAMailAddress),
            ("a@ex_ample.com", .notAMailAddress),
            ("a@[192.0.2.1]", .notAMailAddress),
            ("a@xn--zzzzzzz99999.com", .notAMailAddress),
            ("a@\u{FF45}xample.com", .notAMailAddress),
            ("a@fi\u{FB01}.com", .notAMailAddress),
            ("a@B\u{DC}CHER.example", .notAMailAddress),
            ("a@ex\u{200D}ample.com", .notAMailAddress),
            ("a@\u{2603}.example", .notAMailAddress),
            ("a@example\u{3002}com", .notAMailAddress),
        ] as [(String, IdentifierError)])
    func refused(_ pair: (String, IdentifierError)) {
        #expect(throws: pair.1) { try CanonicalIdentifier(pair.0) }
    }

    @Test("R08: 254 bytes are an identifier and 255 are not, as sent and as canonical form")
    func length() throws {
        #expect(try canonical(String(repeating: "a", count: 254)).utf8.count == 254)
        #expect(throws: IdentifierError.tooLong) {
            try CanonicalIdentifier(String(repeating: "a", count: 255))
        }
        #expect(throws: IdentifierError.tooLong) {
            try CanonicalIdentifier(String(repeating: "\u{E9}", count: 128))
        }
        // 242 bytes as sent, and 8 more in A-label form for each of two labels.
        let front = String(repeating: "a", count: 235)
        #expect(try canonical(front + "@\u{FC}").utf8.count == 243)
        #expect(throws: IdentifierError.tooLong) {
            try CanonicalIdentifier(front + "@\u{FC}.\u{FC}.\u{FC}")
        }
    }

    @Test("R08: the canonical form is its own, and canonical equivalents have the same one (fuzz)")
    func fuzz() {
        let source = SeededRandomness(seed: 8)
        let letters: [Unicode.Scalar] = Array(
            "aAhHkK.@-1\u{E9}\u{C9}\u{301}\u{331}\u{323}\u{308}\u{FC}\u{212A}\u{212B}\u{1E9E}\u{DF}"
                .unicodeScalars)
        var accepted = 0
        for _ in 0..<5_000 {
            let drawn = source.bytes(9)
            let text = String(
                String.UnicodeScalarView(
                    drawn.prefix(2 + Int(drawn[0] % 7)).map { byte in
                        byte < 224
                            ? letters[Int(byte) % letters.count]
                            : Unicode.Scalar(0x100 + UInt32(byte) * 37) ?? "x"
                    }))
            guard let canonical = try? CanonicalIdentifier(text) else { continue }
            accepted += 1
            let again = String(decoding: canonical.utf8, as: UTF8.self)
            #expect((try? CanonicalIdentifier(again)) == canonical, "\(text)")
            for equivalent in [
                text.decomposedStringWithCanonicalMapping,
                text.precomposedStringWithCanonicalMapping,
            ] {
                #expect((try? CanonicalIdentifier(equivalent)) == canonical, "\(text)")
            }
        }
        #expect(accepted > 1_000)
    }
}
