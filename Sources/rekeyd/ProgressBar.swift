import Glibc

/// How far something that takes long has come, on one line of a terminal of 80 columns; nothing where
/// standard error is none.
struct ProgressBar {
    private static let width = 50

    private let title: String
    private let total: UInt64
    private let write: ((String) -> Void)?
    private var percent: UInt64?

    /// - Parameter write: what shows the bar; nil shows none.
    init(_ title: String, total: UInt64, write: ((String) -> Void)? = ProgressBar.terminal) {
        self.title = title
        self.total = max(total, 1)
        self.write = write
    }

    mutating func update(_ done: UInt64) {
        let percent = min(done, total) * 100 / total
        guard let write, percent != self.percent else { return }
        self.percent = percent
        let filled = Int(percent) * Self.width / 100
        let bar =
            String(repeating: "#", count: filled)
            + String(repeating: ".", count: Self.width - filled)
        write("\r\(title) [\(bar)] \(percent) %")
    }

    /// Leaves the line empty for what comes next.
    mutating func end() {
        if percent != nil { write?("\r\u{1B}[K") }
        percent = nil
    }

    private static var terminal: ((String) -> Void)? {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        return { text in
            let bytes = Array(text.utf8)
            // A terminal that is gone is no reason to stop.
            _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
        }
    }
}
