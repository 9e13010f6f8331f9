/// How many columns of a terminal a text takes.
enum DisplayWidth {
    static func of(_ text: some StringProtocol) -> Int {
        text.reduce(0) { $0 + of($1) }
    }

    /// A character that joins several scalars takes the columns of its widest.
    static func of(_ character: Character) -> Int {
        character.unicodeScalars.map(columns).max() ?? 0
    }

    private static func columns(_ scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return 0
        default: break
        }
        if scalar.properties.isEmojiPresentation { return 2 }
        switch scalar.value {
        // East Asian Width W and F (Unicode Standard Annex 11), by block.
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F,
            0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x20000...0x3FFFD:
            return 2
        default:
            return 1
        }
    }

    /// The text in at most so many columns; what does not fit is left out behind an ellipsis.
    static func truncate(_ text: String, to columns: Int) -> String {
        guard of(text) > columns else { return text }
        var kept = ""
        var used = 1
        for character in text {
            used += of(character)
            guard used <= columns else { break }
            kept.append(character)
        }
        return kept + "…"
    }

    /// The text in lines of at most so many columns.
    static func fold(_ text: String, to columns: Int) -> [String] {
        var lines = [""]
        var used = 0
        for character in text {
            let width = of(character)
            if used + width > columns, used > 0 {
                lines.append("")
                used = 0
            }
            lines[lines.count - 1].append(character)
            used += width
        }
        return lines
    }
}
