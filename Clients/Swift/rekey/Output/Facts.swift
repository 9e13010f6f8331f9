/// One thing as a list of names and values, the values below each other and folded, never cut.
struct Facts {
    var lines: [(name: String, value: String)]

    init(_ lines: KeyValuePairs<String, String>) {
        self.lines = lines.map { (name: $0.key, value: $0.value) }
    }

    /// - Parameter columns: the terminal's; nil for output that is not a terminal.
    func text(columns: Int?) -> String {
        let indent = 2 + (lines.map { DisplayWidth.of($0.name) }.max() ?? 0)
        let room = columns.map { max($0 - indent, 20) } ?? .max
        return lines.map { name, value in
            let folded = DisplayWidth.fold(value.escaped, to: room)
            return folded.enumerated().map { index, part in
                let head = index == 0 ? name : ""
                let padding = String(repeating: " ", count: indent - DisplayWidth.of(head))
                return head + padding + part + "\n"
            }.joined()
        }.joined()
    }
}
