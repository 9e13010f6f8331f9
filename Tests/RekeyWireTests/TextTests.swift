// UTF-8 judged against the table of well-formed byte sequences, not against another library.

import CRekeyProto
import RekeyWire
import Testing

@Suite("Text on the wire")
struct TextTests {
    /// Well-formed sequences as ranges (The Unicode Standard, table 3-7), NUL left out.
    private static let wellFormed: [[ClosedRange<UInt8>]] = [
        [0x01...0x7F],
        [0xC2...0xDF, 0x80...0xBF],
        [0xE0...0xE0, 0xA0...0xBF, 0x80...0xBF],
        [0xE1...0xEC, 0x80...0xBF, 0x80...0xBF],
        [0xED...0xED, 0x80...0x9F, 0x80...0xBF],
        [0xEE...0xEF, 0x80...0xBF, 0x80...0xBF],
        [0xF0...0xF0, 0x90...0xBF, 0x80...0xBF, 0x80...0xBF],
        [0xF1...0xF3, 0x80...0xBF, 0x80...0xBF, 0x80...0xBF],
        [0xF4...0xF4, 0x80...0x8F, 0x80...0xBF, 0x80...0xBF],
    ]

    private static func isWellFormed(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            guard
                let row = wellFormed.first(where: { row in
                    row.count <= rest.count && zip(row, rest).allSatisfy { $0.contains($1) }
                })
            else { return false }
            rest = rest.dropFirst(row.count)
        }
        return true
    }

    /// The first and last byte of every range of the table, and their neighbours.
    private static let edges: [UInt8] = [
        0x01, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1,
        0xEC, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF,
    ]

    @Test("R84: of all sequences of up to four edge bytes just the well-formed are text")
    func allSequences() {
        var checked = 0
        func check(_ bytes: [UInt8]) {
            let passes = fault(Wire.delimited(1, bytes), as: rekey_account_request_descriptor())
            if (passes == nil) != Self.isWellFormed(bytes) {
                Issue.record("\(bytes): \(passes ?? "taken for text")")
            }
            checked += 1
        }
        for one in UInt8.min...UInt8.max where one != 0 { check([one]) }
        for one in Self.edges {
            for two in Self.edges {
                check([one, two])
                for three in Self.edges {
                    check([one, two, three])
                    // Four bytes matter behind a lead of four; elsewhere they repeat the above.
                    guard one >= 0xF0 else { continue }
                    for four in Self.edges { check([one, two, three, four]) }
                }
            }
        }
        #expect(checked > 100_000)
    }
}
