/// Text in a header (RFC 2047): whatever the text holds, what comes out is ASCII, cannot end the
/// header, and cannot be read as an address (R11).
enum EncodedWord {
    /// Bytes of a line that holds an encoded word (section 2), and of the word itself.
    private static let lineBytesMax = 76
    private static let wordBytesMax = 75
    private static let prefix = Array("=?utf-8?Q?".utf8)
    private static let suffix = Array("?=".utf8)

    /// As encoded words, folded; a decoder joins them without the folds (section 6.2).
    ///
    /// - Parameters:
    ///   - text: Made one line first.
    ///   - column: Bytes already on the header's first line.
    static func encode(_ text: String, column: Int) -> [UInt8] {
        var output = prefix
        var column = column + prefix.count
        var wordBytes = prefix.count
        for scalar in text.oneLine.unicodeScalars {
            // All bytes of a scalar stay in one word (section 5, last rule).
            let piece = piece(scalar)
            let after = piece.count + suffix.count
            if wordBytes + after > wordBytesMax || column + after > lineBytesMax {
                output += suffix + Array("\r\n ".utf8) + prefix
                wordBytes = prefix.count
                column = 1 + prefix.count
            }
            output += piece
            wordBytes += piece.count
            column += piece.count
        }
        return output + suffix
    }

    /// For an unstructured header: plain where plain ASCII of one line will do, as readers and spam
    /// filters like it, encoded otherwise.
    static func plainOrEncode(_ text: String, column: Int) -> [UInt8] {
        let plain = Array(text.utf8)
        let isPlain =
            plain.allSatisfy { (0x20...0x7E).contains($0) } && column + plain.count <= lineBytesMax
            && plain.first != UInt8(ascii: " ") && plain.last != UInt8(ascii: " ")
            && !plain.isEmpty && !text.utf8.contains(UInt8(ascii: "="))
        return isPlain ? plain : encode(text, column: column)
    }

    /// The "Q" encoding with the alphabet of a phrase, the smallest (section 5, rule 3).
    private static func piece(_ scalar: Unicode.Scalar) -> [UInt8] {
        switch scalar {
        case " ": [UInt8(ascii: "_")]
        case "a"..."z", "A"..."Z", "0"..."9", "!", "*", "+", "-", "/": [UInt8(ascii: scalar)]
        default: UTF8.encode(scalar).map { $0.flatMap(QuotedPrintable.escape) } ?? []
        }
    }
}
