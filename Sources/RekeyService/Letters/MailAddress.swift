import RekeyCore

/// A mail address that is safe to put into a header as it stands (R11).
///
/// The stored spelling, unchanged (R08): a local part of atoms and dots, `@`, a domain (RFC 5322,
/// section 3.4.1), where any scalar above ASCII that is no space and no control is allowed (RFC
/// 6532, section 3.2). Quoted local parts and domain literals are refused: no mailbox of the public
/// needs one, and each is a way to smuggle a separator.
public struct MailAddress: Hashable, Sendable {
    public let text: String

    /// - Throws: `LetterError.mailAddress`.
    public init(_ text: String) throws(LetterError) {
        // 254: RFC 5321, section 4.5.3.1.3, less the angle brackets.
        let parts = text.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false)
        guard text.utf8.count <= 254, parts.count == 2, !parts[0].isEmpty,
            parts[0].allSatisfy({ Self.isAtom($0) || $0 == "." }),
            Self.isDomain(parts[1])
        else { throw .mailAddress }
        self.text = text
    }

    /// Whether this is a domain that may stand in a header: labels of letters, digits and `-`.
    static func isDomain(_ scalars: some Collection<Unicode.Scalar>) -> Bool {
        let labels = scalars.split(separator: ".", omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            !label.isEmpty
                && label.allSatisfy { isLetterOrDigit($0) || isForeign($0) || $0 == "-" }
        }
    }

    /// `atext` (RFC 5322, section 3.2.3; RFC 6532, section 3.2).
    private static func isAtom(_ scalar: Unicode.Scalar) -> Bool {
        isLetterOrDigit(scalar) || isForeign(scalar)
            || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
    }

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9": true
        default: false
        }
    }

    private static func isForeign(_ scalar: Unicode.Scalar) -> Bool {
        !scalar.isASCII && !scalar.properties.isWhitespace && scalar.isPlain
    }
}
