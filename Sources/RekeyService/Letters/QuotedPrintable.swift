/// Quoted-printable for text (RFC 2045, section 6.7).
enum QuotedPrintable {
    /// Bytes of an encoded line, its line end not counted (rule 5).
    static let lineBytesMax = 76

    /// - Parameter text: Lines that end in LF. Any other control, a CR too, is encoded as a byte.
    /// - Returns: ASCII with CRLF line ends. Ends in one if and only if `text` ends in LF.
    static func encode(_ text: String) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(text.utf8.count * 5 / 4)
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            if index > 0 { output += crlf }
            append(line, to: &output)
        }
        return output
    }

    private static let crlf = Array("\r\n".utf8)

    private static func append(_ line: Substring.UTF8View, to output: inout [UInt8]) {
        var column = 0
        for index in line.indices {
            let isLast = line.index(after: index) == line.endIndex
            let piece = piece(line[index], atLineEnd: isLast)
            // Room for the "=" of a soft break, unless the line ends here.
            if column + piece.count > (isLast ? lineBytesMax : lineBytesMax - 1) {
                output.append(UInt8(ascii: "="))
                output += crlf
                column = 0
            }
            output += piece
            column += piece.count
        }
    }

    /// One byte as it travels. A space or tab at a line's end would be lost on the way (rule 3).
    private static func piece(_ byte: UInt8, atLineEnd: Bool) -> [UInt8] {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"): atLineEnd ? escape(byte) : [byte]
        case UInt8(ascii: "="): escape(byte)
        case 0x21...0x7E: [byte]
        default: escape(byte)
        }
    }

    /// "=" and two upper-case hexadecimal digits (rule 1).
    static func escape(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
