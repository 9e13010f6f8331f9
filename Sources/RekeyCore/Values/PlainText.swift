extension String {
    /// No control character, line or paragraph separator, or character that changes the writing
    /// direction: safe in one line of a header, a log or a table (R11, R71). Judged by scalar,
    /// since a grapheme can hide one.
    public var isPlainText: Bool { unicodeScalars.allSatisfy(\.isPlain) }
}

extension Unicode.Scalar {
    /// See `String.isPlainText`.
    public var isPlain: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator, .surrogate: return false
        default: break
        }
        switch value {
        case 0x061C, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: return false
        default: return true
        }
    }
}
