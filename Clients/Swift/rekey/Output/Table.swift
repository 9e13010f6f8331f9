/// Rows in aligned columns.
struct Table {
    var header: [String]
    /// Each as long as the header. Any text: it is escaped here.
    var rows: [[String]]

    private static let gap = 2
    private static let columnMin = 3

    /// - Parameter columns: the terminal's; the widest columns give way until all fits. nil for
    ///   output that is not a terminal: nothing is cut.
    func text(columns: Int?) -> String {
        let cells = ([header] + rows).map { $0.map(\.escaped) }
        var widths = header.indices.map { column in
            cells.map { DisplayWidth.of($0[column]) }.max() ?? 0
        }
        if let columns { Self.shrink(&widths, to: columns) }
        return cells.map { Self.line($0, widths) + "\n" }.joined()
    }

    private static func shrink(_ widths: inout [Int], to columns: Int) {
        let room = columns - gap * (widths.count - 1)
        while widths.reduce(0, +) > room,
            let widest = widths.indices.max(by: { widths[$0] < widths[$1] }),
            widths[widest] > columnMin
        {
            widths[widest] -= 1
        }
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        var owed = 0
        for (cell, width) in zip(cells, widths) {
            let shown = DisplayWidth.truncate(cell, to: width)
            if !shown.isEmpty { line += String(repeating: " ", count: owed) + shown }
            owed = (shown.isEmpty ? owed : 0) + width + gap - DisplayWidth.of(shown)
        }
        return line
    }
}
