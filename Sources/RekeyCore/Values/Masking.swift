/// Contacts as logs and ValidateLink may show them (R20, R70): enough for the owner to recognise,
/// too little for anybody else. The number of dots is fixed, so lengths do not show.
public enum Masking {
    private static let dots = "•••"

    /// The first letter or digit of the local part and the top-level domain: "j•••@•••.fr".
    ///
    /// What is not there, or is no letter or digit, is left out: "•••@•••".
    public static func mail(_ address: String) -> String {
        let scalars = address.unicodeScalars
        guard let at = scalars.lastIndex(of: "@") else { return dots }
        let first = scalars.first.flatMap { $0.isLetterOrDigit ? String($0) : nil } ?? ""
        let domain = scalars[scalars.index(after: at)...]
        guard let dot = domain.lastIndex(of: ".") else { return "\(first)\(dots)@\(dots)" }
        let top = domain[domain.index(after: dot)...]
        let shown = top.allSatisfy { $0.isLetterOrDigit || $0 == "-" } ? ".\(Substring(top))" : ""
        return "\(first)\(dots)@\(dots)\(shown)"
    }

    /// The last two digits: "•••78"; of a number with fewer than 7 digits, none.
    public static func mobile(_ number: String) -> String {
        let digits = number.unicodeScalars.lazy.filter { ("0"..."9").contains($0) }
        guard digits.count >= 7 else { return dots }
        return digits.reversed().prefix(2).reversed().reduce(into: dots) {
            $0.unicodeScalars.append($1)
        }
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
