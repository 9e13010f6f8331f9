import Testing

@testable import rekeyd

@Suite("The progress bar")
struct ProgressBarTests {
    private func shown(_ total: UInt64, _ steps: [UInt64]) -> [String] {
        nonisolated(unsafe) var lines: [String] = []
        var bar = ProgressBar("verifying", total: total) { lines.append($0) }
        for step in steps { bar.update(step) }
        bar.end()
        return lines
    }

    @Test("It fits a terminal of 80 columns, full and empty, and is wiped at the end")
    func width() {
        let lines = shown(1 << 40, [0, 1 << 39, 1 << 40])
        #expect(lines.count == 4)
        #expect(lines.allSatisfy { $0.hasPrefix("\r") && $0.count <= 80 })
        #expect(lines[0].hasSuffix("] 0 %") && lines[1].hasSuffix("] 50 %"))
        #expect(lines[2].hasSuffix("#] 100 %"))
        #expect(lines[3] == "\r\u{1B}[K")
    }

    @Test("It is drawn anew only when a percent was won, and bears more than was announced")
    func seldom() {
        #expect(shown(1000, [0, 1, 2, 9, 10, 11, 2000]).count == 4)
        #expect(shown(0, [0, 5]).count == 3)
    }

    @Test("Nothing is wiped that was never drawn")
    func unused() { #expect(shown(10, []).isEmpty) }
}
