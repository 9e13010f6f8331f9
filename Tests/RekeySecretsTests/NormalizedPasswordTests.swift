import RekeyCore
import Testing

@testable import RekeySecrets

@Suite struct NormalizedPasswordTests {
    @Test("R39: U+00E9 equals e and U+0301, and both end as the same bytes")
    func canonicalEquivalents() throws {
        let composed = try NormalizedPassword("caf\u{E9}")
        let decomposed = try NormalizedPassword("cafe\u{301}")
        #expect(composed.secret == decomposed.secret)
        #expect(decomposed.secret.bytes == Array("caf".utf8) + [0xC3, 0xA9])
    }

    @Test(
        "R39: nothing but NFC: case, ligatures, full width, spaces and invisible characters count",
        arguments: [
            ("a", "A"), ("fi", "\u{FB01}"), ("1", "\u{FF11}"), ("a", "a "), ("a", " a"),
            ("a b", "a\u{A0}b"), ("a", "a\0"), ("a", "a\u{200B}"), ("\u{2460}", "1"),
        ])
    func nothingElse(_ pair: (String, String)) throws {
        #expect(try NormalizedPassword(pair.0).secret != NormalizedPassword(pair.1).secret)
    }

    @Test(
        "R36: length is code points after NFC, not bytes and not what looks like one character",
        arguments: [
            ("", 0), ("abc", 3), ("\u{E9}", 1), ("e\u{301}", 1), ("x\u{301}", 2), ("\u{1F600}", 1),
            ("\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}", 5), ("\u{1F1EB}\u{1F1F7}", 2),
            ("\r\n", 2), ("a\0b", 3), ("\u{1100}\u{1161}", 1), ("\u{AC00}", 1),
        ])
    func codePoints(_ pair: (String, Int)) throws {
        #expect(try NormalizedPassword(pair.0).codePointCount == pair.1)
    }

    @Test(
        "bytes that are not UTF-8 are refused, not repaired",
        arguments: [
            [0x80], [0xC3], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80],
            [0x61, 0xFF, 0x62], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
        ] as [[UInt8]])
    func invalid(_ bytes: [UInt8]) {
        #expect(throws: NormalizedPassword.Failure.invalidUTF8) {
            try NormalizedPassword(Secret(bytes))
        }
    }

    @Test("what is in NFC already is not copied, so that only one place is to be erased")
    func notCopied() throws {
        for text in ["correct horse battery", "\u{E9}t\u{E9}", "\u{AC00}\u{1F600}", ""] {
            let secret = Secret(text)
            #expect(try NormalizedPassword(secret).secret === secret)
        }
    }
}
