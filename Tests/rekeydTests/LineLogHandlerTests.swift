import Testing

@testable import rekeyd

@Suite("Log lines")
struct LineLogHandlerTests {
    @Test(
        "R71: nothing in a value can end a line or steer a terminal",
        arguments: [
            ("plain", "plain"),
            ("two words", "\"two words\""),
            ("", "\"\""),
            ("a\nlevel=critical", "\"a\\u{a}level=critical\""),
            ("a\r\nb", "\"a\\u{d}\\u{a}b\""),
            ("\u{1B}[31m", "\"\\u{1b}[31m\""),
            ("a\u{2028}b", "\"a\\u{2028}b\""),
            ("a\u{202E}b", "\"a\\u{202e}b\""),
            ("say \"hi\" \\", "\"say \\\"hi\\\" \\\\\""),
            ("clé", "\"clé\""),
        ])
    func quoting(_ value: String, _ expected: String) {
        #expect(LineLogHandler.quoted(value) == expected)
    }
}
