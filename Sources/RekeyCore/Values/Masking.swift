/// Contacts as they may be shown to whoever holds a link, and in logs (R20, R70).
public enum Masking {
    /// The first character of the mailbox and the top-level domain: "claire@exemple.fr" becomes
    /// "c•••@•••.fr". The dots are always three, so that they tell no length.
    public static func mail(_ address: String) -> String {
        let parts = address.split(separator: "@")
        guard let first = parts.first?.unicodeScalars.first, parts.count == 2 else { return "•••" }
        let top = parts[1].split(separator: ".").last.map { ".\($0)" } ?? ""
        return "\(first)•••@•••\(top)"
    }

    /// The last two digits: "+33612345678" becomes "•••78".
    public static func mobile(_ number: String) -> String { "•••\(number.suffix(2))" }
}
