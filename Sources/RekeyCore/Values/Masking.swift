/// Contacts as logs and ValidateLink may show them (R20, R70): enough for the owner to recognise,
/// too little for anybody else. The number of dots is fixed, so lengths do not show.
public enum Masking {
    private static let dots = "•••"

    /// The first letter or digit of the local part and the top-level domain: "j•••@•••.fr".
    ///
    /// What is not there, or is no letter or digit, is left out: "•••@•••".
    public static func mail(_ address: String) -> String {
        // Bytes, as far as bytes will do: every opened link is answered with both masks.
        guard let at = address.utf8.lastIndex(of: UInt8(ascii: "@")) else { return dots }
        var masked = ""
        masked.reserveCapacity(32)
        if let first = address.unicodeScalars.first, first.isLetterOrDigit {
            masked.unicodeScalars.append(first)
        }
        masked += "•••@•••"
        let domain = address.utf8[address.utf8.index(after: at)...]
        guard let dot = domain.lastIndex(of: UInt8(ascii: ".")) else { return masked }
        let top = address.unicodeScalars[domain.index(after: dot)...]
        if top.allSatisfy({ $0.isLetterOrDigit || $0 == "-" }) { masked += ".\(Substring(top))" }
        return masked
    }

    /// The last two digits: "•••78"; of a number with fewer than 7 digits, none.
    public static func mobile(_ number: String) -> String {
        var digits = 0
        var lastTwo: (UInt8, UInt8) = (0, 0)
        for byte in number.utf8 where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            digits += 1
            lastTwo = (lastTwo.1, byte)
        }
        guard digits >= 7 else { return dots }
        var masked = dots
        masked.unicodeScalars.append(Unicode.Scalar(lastTwo.0))
        masked.unicodeScalars.append(Unicode.Scalar(lastTwo.1))
        return masked
    }
}

extension Unicode.Scalar {
    fileprivate var isLetterOrDigit: Bool {
        // Without Unicode's tables for what addresses are made of.
        switch self {
        case "a"..."z", "A"..."Z", "0"..."9": return true
        case _ where isASCII: return false
        default: break
        }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .otherLetter, .decimalNumber: return true
        default: return false
        }
    }
}
