import RekeyCore

extension String {
    /// Fit for a terminal, whoever wrote it: what could move the cursor or turn the writing
    /// direction shows as its number, "\u{202E}".
    var escaped: String {
        guard !isPlainText else { return self }
        return unicodeScalars.map { scalar in
            scalar.isPlain ? String(scalar) : "\\u{\(String(scalar.value, radix: 16))}"
        }.joined()
    }
}
