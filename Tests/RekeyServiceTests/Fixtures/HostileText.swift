/// Texts made to break out of a header, a line, a template or the reading direction. A seed repeats
/// them.
struct HostileText: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }

    mutating func make() -> String {
        (0..<Int.random(in: 1...8, using: &self)).reduce(into: "x") { text, _ in
            text += Self.pieces.randomElement(using: &self) ?? ""
        }
    }

    private static let pieces = [
        "\r\nBcc: victim@evil.example", "\nSubject: hijacked", "\r", "\n", "\r\n\r\n<b>body</b>",
        "\u{0}", "\u{1B}[2J", "\u{85}", "\u{2028}", "\u{2029}", "\u{B}", "\u{7F}",
        "\u{202E}", "\u{2066}", "\u{200F}", "\u{61C}", "\u{202A}\u{202C}",
        "{{code}}", "{{{link}}}", "{{#addressLines}}", "{{/addressLines}}", "{{=<% %>=}}", "{{",
        "{{% CONTENT_TYPE:HTML}}", "{{> partial}}", "&<>\"'",
        "=?utf-8?B?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=", "=?utf-8?Q?=0D=0ABcc:_x?=", "=0D=0A", "?=",
        "<a@evil.example>, b@evil.example;", "\"", "\\", "(comment)", " ", "  \t",
        "é", "e\u{301}", "\u{301}", "漢字", "👩‍👩‍👧", "CRÉDIT", "plain words", "12h",
        String(repeating: "long", count: 40), String(repeating: "ß", count: 60),
    ]
}
