/// A reader of messages, written from RFC 5322, 2045 and 2047 for these tests alone.
struct MailReader {
    struct Unreadable: Error {}

    let headers: [(name: String, value: String)]
    /// Decoded, with LF line ends.
    let body: String
    /// As they travel, without their line ends.
    let rawLines: [[UInt8]]

    init(_ bytes: [UInt8]) throws {
        var lines: [[UInt8]] = [[]]
        var index = 0
        while index < bytes.count {
            if bytes[index] == 13 {
                guard index + 1 < bytes.count, bytes[index + 1] == 10 else { throw Unreadable() }
                lines.append([])
                index += 2
            } else {
                guard bytes[index] != 10 else { throw Unreadable() }
                lines[lines.count - 1].append(bytes[index])
                index += 1
            }
        }
        rawLines = lines
        guard let blank = lines.firstIndex(of: []) else { throw Unreadable() }
        var headers: [(name: String, value: String)] = []
        for line in lines[..<blank] {
            let text = String(decoding: line, as: UTF8.self)
            if text.hasPrefix(" ") {
                guard !headers.isEmpty else { throw Unreadable() }
                headers[headers.count - 1].value += text
            } else {
                guard let colon = text.firstRange(of: ": ") else { throw Unreadable() }
                headers.append(
                    (String(text[..<colon.lowerBound]), String(text[colon.upperBound...])))
            }
        }
        self.headers = headers
        body = try String(
            decoding: Self.quotedPrintable(Array(lines[(blank + 1)...])), as: UTF8.self)
    }

    subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

    /// Lines of quoted-printable → bytes, with LF line ends.
    static func quotedPrintable(_ lines: [[UInt8]]) throws -> [UInt8] {
        var output: [UInt8] = []
        for (number, line) in lines.enumerated() {
            var rest = line[...]
            var isSoft = false
            while let byte = rest.popFirst() {
                guard byte == UInt8(ascii: "=") else {
                    output.append(byte)
                    continue
                }
                if rest.isEmpty {
                    isSoft = true
                } else {
                    let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                    guard rest.count >= 2, let value = UInt8(digits, radix: 16) else {
                        throw Unreadable()
                    }
                    output.append(value)
                    rest = rest.dropFirst(2)
                }
            }
            if !isSoft && number < lines.count - 1 { output.append(10) }
        }
        return output
    }

    /// Decodes the encoded words of an unfolded value; each must be whole UTF-8 by itself.
    static func words(_ value: String) throws -> String {
        guard value.hasPrefix("=?") else { return value }
        return try value.split(separator: " ").map { word in
            guard word.hasPrefix("=?utf-8?Q?"), word.hasSuffix("?="), word.utf8.count <= 75 else {
                throw Unreadable()
            }
            let spaced = word.dropFirst(10).dropLast(2).utf8.map { $0 == 0x5F ? 0x20 : $0 }
            let bytes = try quotedPrintable([spaced])
            guard let text = String(validating: bytes, as: UTF8.self) else { throw Unreadable() }
            return text
        }.joined()
    }
}
