import RekeyCore
import RekeyWire
import Testing

@testable import rekey

@Suite("Output for people")
struct OutputTests {
    private static let wide = Table(
        header: ["IDENTIFIER", "NAME", "STATE"],
        rows: [
            ["c.martin@example.fr", "Claire Martin", "active"],
            [String(repeating: "x", count: 120), String(repeating: "長", count: 90), "locked"],
            ["evil\u{1B}[2J\u{202E}", "a\nb", ""],
            ["e\u{301}", "👩‍👩‍👧‍👧", "pending"],
        ])

    @Test("a table fits the terminal, whatever stands in it", arguments: [40, 80, 132])
    func fits(_ columns: Int) {
        for line in Self.wide.text(columns: columns).split(separator: "\n") {
            #expect(DisplayWidth.of(line) <= columns)
        }
    }

    @Test("columns are aligned by what a terminal shows, not by characters")
    func aligned() {
        let table = Table(
            header: ["A", "B"], rows: [["長長", "1"], ["e\u{301}", "2"], ["abcd", "3"]])
        #expect(
            table.text(columns: 80) == """
                A     B
                長長  1
                e\u{301}     2
                abcd  3

                """)
    }

    @Test("what is cut ends in an ellipsis, and only on a terminal")
    func cut() {
        let table = Table(header: ["A", "B"], rows: [["abcdefghij", "12"]])
        #expect(table.text(columns: 9) == "A      B\nabcd…  12\n")
        #expect(table.text(columns: nil) == "A           B\nabcdefghij  12\n")
    }

    @Test("R71: control and direction characters show as numbers, in tables, facts and errors")
    func hostile() {
        let evil = "a\u{1B}[2J\r\n\u{202E}b\u{2028}"
        let texts = [
            Table(header: ["A"], rows: [[evil]]).text(columns: nil),
            Facts(["A": evil]).text(columns: nil),
            CommandError(.fault, "X", evil).text,
            CommandError(.fault, evil, evil).json,
        ]
        for text in texts {
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.allSatisfy { String($0).isPlainText }, "\(text)")
            #expect(lines.count <= 3)
        }
    }

    @Test("facts are folded below their value, never cut")
    func facts() {
        let text = Facts(["Name": String(repeating: "n", count: 100)]).text(columns: 80)
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= 80 })
        #expect(text.filter { $0 == "n" }.count == 100)
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("      n") })
    }

    @Test(
        "a length of time names its two largest units",
        arguments: [
            (0, "0 s"), (59, "59 s"), (60, "1 min"), (61, "1 min 1 s"), (3600, "1 h"),
            (43140, "11 h 59 min"), (86400, "1 d"), (183_600, "2 d 3 h"),
        ])
    func lengths(_ seconds: Int, _ text: String) {
        #expect(TimeText.length(.seconds(seconds)) == text)
        #expect(TimeText.distance(.seconds(seconds)) == (seconds == 0 ? "now" : "in \(text)"))
        #expect(TimeText.distance(.seconds(-seconds)) == (seconds == 0 ? "now" : "\(text) ago"))
    }

    @Test("a moment is a date, a time and a zone, and how far away it is")
    func moment() {
        let now = Timestamp(milliseconds: 1_800_000_000_000)
        let text = TimeText.moment(now + .seconds(60), now: now)
        let shape = /2027-01-1[456] \d\d:\d\d:00 \S+ \(in 1 min\)/
        #expect(text.wholeMatch(of: shape) != nil, "\(text)")
    }

    @Test("an error for programs is one line of JSON with all that the wire said")
    func errorJSON() {
        var error = CommandError(.notFound, "LINK_INVALID", "no \"link\"")
        error.failure.status = .notFound
        error.failure.details = [.init(field: "link", problem: "is over")]
        error.failure.retryAfter = .seconds(2)
        #expect(
            error.json == #"{"error":{"status":"NOT_FOUND","code":5,"reason":"LINK_INVALID","#
                + #""message":"no \"link\"","details":[{"field":"link","problem":"is over"}],"#
                + #""retryAfterMs":2000}}"# + "\n")
    }
}
