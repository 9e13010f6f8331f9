/// A country that SMS may be sent to, by its code of two letters (ISO 3166-1 alpha-2).
///
/// A number belongs to the country whose prefix is the longest one that it begins with. Where countries
/// share all of a prefix, as Guadeloupe and Saint-Martin do, its numbers belong to each of them.
public struct Country: Hashable, Sendable {
    /// Two capital letters.
    public let code: String

    private init(known code: String) { self.code = code }

    /// nil for what is no code of a country with telephone numbers.
    public init?(_ code: String) {
        guard Self.prefixes[code] != nil else { return nil }
        self.code = code
    }

    public static let france = Country(known: "FR")

    /// Whose number this is; empty for one that belongs to no country, as a satellite's.
    public static func all(of number: MobileNumber) -> Set<Country> {
        let digits = number.text.utf8.dropFirst()
        for length in (1...longestPrefix).reversed() where length <= digits.count {
            if let countries = byPrefix[Array(digits.prefix(length))] { return countries }
        }
        return []
    }

    private static let longestPrefix = prefixes.values.joined().map(\.utf8.count).max() ?? 0

    /// Prefixes as ASCII digits.
    private static let byPrefix: [[UInt8]: Set<Country>] = prefixes.reduce(into: [:]) {
        for prefix in $1.value {
            $0[Array(prefix.utf8), default: []].insert(Country(known: $1.key))
        }
    }
}

extension Policy {
    /// Whether `number` is in one of `smsCountries` (R07).
    func sendsSMS(to number: String) -> Bool {
        guard let number = MobileNumber(number) else { return false }
        return !smsCountries.isDisjoint(with: Country.all(of: number))
    }
}
