/// A mail address that letters can be sent to, safe in a header as it stands (R11): a dot-atom, `@`
/// and a domain of two labels or more, all ASCII (RFC 5321, section 4.1.2), at most 254 bytes.
///
/// Quoted local parts and address literals are refused: no mailbox of the public needs one, and
/// each is a way to smuggle a separator.
public struct MailAddress: Hashable, Sendable {
    /// The stored spelling, unchanged (R08).
    public let text: String

    /// nil for anything else.
    public init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        // 254: RFC 5321, section 4.5.3.1.3, less the angle brackets; 64: section 4.5.3.1.1.
        guard text.utf8.count <= 254, parts.count == 2, parts[0].count <= 64,
            Self.labels(parts[0]).allSatisfy({ !$0.isEmpty && $0.allSatisfy(Self.isAtomText) }),
            Self.isDomain(parts[1])
        else { return nil }
        self.text = text
    }

    /// Whether this is a domain of two labels or more, of ASCII letters, digits and inner hyphens
    /// (RFC 1123, section 2.1), at most 253 bytes (RFC 1035, section 2.3.4).
    public static func isDomain(_ utf8: some Collection<UInt8>) -> Bool {
        let labels = labels(utf8)
        return utf8.count <= 253 && labels.count >= 2
            && labels.allSatisfy { label in
                (1...63).contains(label.count) && label.allSatisfy(isLetterDigitHyphen)
                    && !label.starts(with: "-".utf8) && !label.reversed().starts(with: "-".utf8)
            }
    }

    private static func labels<Bytes: Collection<UInt8>>(_ utf8: Bytes) -> [Bytes.SubSequence] {
        utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    }

    private static func isLetterDigitHyphen(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// RFC 5322, section 3.2.3.
    private static func isAtomText(_ byte: UInt8) -> Bool {
        isLetterDigitHyphen(byte) || "!#$%&'*+/=?^_`{|}~".utf8.contains(byte)
    }
}
