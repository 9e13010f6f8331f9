extension BinaryInteger {
    /// "1,234,567".
    var grouped: String {
        let digits = Array("\(self)")
        return digits.enumerated().map { index, digit in
            let isFirstOfThree = index > 0 && (digits.count - index).isMultiple(of: 3)
            return isFirstOfThree && digits[index - 1] != "-" ? ",\(digit)" : "\(digit)"
        }.joined()
    }
}

extension UInt64 {
    /// Microseconds as "0.163", "12.4", "1,208": three or four digits, or all of the whole.
    var asMilliseconds: String {
        switch self {
        case ..<10_000: decimal("\(self % 1000)", 3)
        case ..<100_000: decimal("\(self % 1000 / 10)", 2)
        case ..<1_000_000: decimal("\(self % 1000 / 100)", 1)
        default: (self / 1000).grouped
        }
    }

    private func decimal(_ fraction: String, _ digits: Int) -> String {
        "\(self / 1000)." + String(repeating: "0", count: digits - fraction.utf8.count) + fraction
    }
}
