/// How far a run is: one line of a terminal, written over and over. Elsewhere nothing.
struct ProgressLine {
    private let output: Output
    private let columns: Int?

    init(_ output: Output) {
        self.output = output
        columns = output.columns
    }

    func show(_ method: String, _ measured: Measured, of duration: Duration) throws(CommandError) {
        let name = method.split(separator: "/").last.map(String.init) ?? method
        let succeeded = measured.count(.succeeded)
        var line =
            "\(name)  \(measured.elapsed.components.seconds) of \(duration.components.seconds) s"
            + "  \(measured.perSecond(succeeded).grouped)/s"
        if let p99 = measured.outcomes[.succeeded]?.percentile(99) {
            line += "  p99 \(p99.asMilliseconds) ms"
        }
        if measured.refused > 0 { line += "  refused \(measured.refused.grouped)" }
        try show(line)
    }

    /// Spaces clear what a longer line left: no control sequence, so it needs no colour terminal.
    func show(_ line: String) throws(CommandError) {
        guard let columns else { return }
        let shown = DisplayWidth.truncate(line, to: columns - 1)
        let rest = String(repeating: " ", count: columns - 1 - DisplayWidth.of(shown))
        try output.write("\r\(shown)\(rest)\r")
    }

    func clear() throws(CommandError) { try show("") }
}
