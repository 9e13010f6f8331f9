import RekeyCore

extension Language {
    /// How long a link opens, as a letter says it: "12h", "1h30", "45 minutes"; "12 hours".
    ///
    /// Rounded down to whole minutes, since a letter must not promise more than the link keeps.
    func linkLife(_ life: Duration) -> String {
        let (hours, minutes) = (life.components.seconds / 60).quotientAndRemainder(dividingBy: 60)
        switch self {
        case .french:
            if hours > 0 {
                let rest = minutes == 0 ? "" : minutes < 10 ? "0\(minutes)" : "\(minutes)"
                return "\(hours)h\(rest)"
            }
            return minutes > 0 ? Self.count(minutes, "minute") : "moins d'une minute"
        case .english:
            let parts = [(hours, "hour"), (minutes, "minute")].filter { $0.0 > 0 }
                .map { Self.count($0.0, $0.1) }
            return parts.isEmpty ? "less than a minute" : parts.joined(separator: " ")
        }
    }

    private static func count(_ number: Int64, _ unit: String) -> String {
        "\(number) \(unit)\(number == 1 ? "" : "s")"
    }
}
