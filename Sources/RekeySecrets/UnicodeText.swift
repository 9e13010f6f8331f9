// Normalization Form C (UAX #15), in one place: CanonicalIdentifier and NormalizedPassword come in.

import Foundation

enum UnicodeText {
    /// NFC and nothing else: canonical equivalents become one, compatibility forms such as
    /// ligatures and full-width letters stay what they are.
    static func nfc(_ text: String) -> String {
        // Nearly all identifiers; the normalizer takes a microsecond to find that out.
        text.utf8.allSatisfy { $0 < 0x80 } ? text : text.precomposedStringWithCanonicalMapping
    }

    /// Whether `utf8` is valid UTF-8 and whether it is in NFC as it stands; nil when not valid.
    ///
    /// Looks at the bytes where they are and copies none.
    static func isNFC(_ utf8: UnsafeRawBufferPointer) -> Bool? {
        utf8.withMemoryRebound(to: UInt8.self) { bytes in
            guard var text = try? UTF8Span(validating: bytes.span) else { return nil }
            return text.checkForNFC(quickCheck: false)
        }
    }
}
