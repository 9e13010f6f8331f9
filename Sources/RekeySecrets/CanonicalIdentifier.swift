// The one rule that decides which spellings of an identifier are the same account (R08). The
// service makes one before anything else looks at an identifier; KeyRing turns it into a subject.

import CIdn2

/// An identifier in its canonical form: a customer number, or a mail address used as login.
///
/// The rule, in this order:
/// 1. Normalization Form C (UAX #15).
/// 2. The letters A to Z become a to z, everywhere; then NFC again, for a letter folded in front of
///    a combining mark may compose where its capital does not.
/// 3. If there is an `@`, what follows the last one is a mail domain and becomes A-labels as
///    RFC 5891, section 5 has them, without any mapping: what IDNA 2008 does not allow is refused.
///
/// Nothing else: no compatibility folding, no folding of other letters, no dots or tags dropped in
/// front of the `@`. So look-alikes are other identifiers, and an update of the Unicode tables
/// cannot move an account.
public struct CanonicalIdentifier: Hashable, Sendable {
    /// The canonical form. Bytes, since Swift's `String` takes canonical equivalents for equal.
    public let utf8: [UInt8]

    /// The longest identifier, as sent and as canonical form, in bytes of UTF-8: what SMTP carries
    /// (RFC 5321, section 4.5.3.1.3, less the angle brackets).
    public static let byteCountMax = 254

    public init(_ text: String) throws(IdentifierError) {
        try Self.judge(text)
        let folded = UnicodeText.nfc(Self.foldingASCII(UnicodeText.nfc(text)))
        utf8 = try Self.withDomainAsALabels(Array(folded.utf8))
        guard utf8.count <= Self.byteCountMax else { throw .tooLong }
    }

    private static func judge(_ text: String) throws(IdentifierError) {
        let scalars = text.unicodeScalars
        guard let first = scalars.first, let last = scalars.last else { throw .empty }
        guard text.utf8.count <= byteCountMax else { throw .tooLong }
        guard scalars.allSatisfy(isAllowed) else { throw .forbiddenCharacter }
        guard !first.properties.isWhitespace, !last.properties.isWhitespace else {
            throw .whitespaceAtEnds
        }
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return (0x20..<0x7F).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        // What is unassigned today may get another canonical form when it is assigned.
        case .control, .lineSeparator, .paragraphSeparator, .unassigned: return false
        default: return !isBidirectionalControl(scalar)
        }
    }

    /// The property Bidi_Control of UAX #9.
    private static func isBidirectionalControl(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    private static func foldingASCII(_ text: String) -> String {
        let letters = UInt8(ascii: "A")...UInt8(ascii: "Z")
        // No other scalar has these bytes in it.
        let folded = text.utf8.map { letters.contains($0) ? $0 | 0x20 : $0 }
        return String(decoding: folded, as: UTF8.self)
    }

    private static func withDomainAsALabels(_ utf8: [UInt8]) throws(IdentifierError) -> [UInt8] {
        guard let at = utf8.lastIndex(of: UInt8(ascii: "@")) else { return utf8 }
        guard at > 0, let domain = aLabels(Array(utf8[(at + 1)...])), isHostName(domain) else {
            throw .notAMailAddress
        }
        return utf8[...at] + domain
    }

    private static func aLabels(_ domain: [UInt8]) -> [UInt8]? {
        var result: UnsafeMutablePointer<UInt8>?
        defer { idn2_free(result) }
        let flags = CInt(IDN2_NFC_INPUT.rawValue | IDN2_NO_TR46.rawValue)
        guard idn2_lookup_u8(domain + [0], &result, flags) == IDN2_OK.rawValue, let result else {
            return nil
        }
        var count = 0
        while result[count] != 0 { count += 1 }
        return Array(UnsafeBufferPointer(start: result, count: count))
    }

    /// Labels of letters, digits and inner hyphens (RFC 1123, section 2.1): libidn2 lets pass
    /// whatever is ASCII.
    private static func isHostName(_ domain: [UInt8]) -> Bool {
        domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy {
            (1...63).contains($0.count) && $0.first != UInt8(ascii: "-")
                && $0.last != UInt8(ascii: "-")
                && $0.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                        || byte == UInt8(ascii: "-")
                }
        }
    }
}

// Personal data: keep it from logs.
extension CanonicalIdentifier: CustomStringConvertible, CustomReflectable {
    public var description: String { "<identifier>" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
