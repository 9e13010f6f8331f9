import RekeyCore
import RekeyWire

/// What a run measured, for people and for programs.
struct BenchReport {
    var method: String
    var connections: Int
    var depth: Int
    var measured: Measured

    // MARK: For people

    /// - Parameter columns: the terminal's; nil for output that is not a terminal.
    func text(columns: Int?) -> String {
        """
        \(method), \(connections) \(connections == 1 ? "connection" : "connections"), \(depth) in \
        flight each, \(seconds) s\(remark)

        \(counts.text(columns: columns))
        \(latencies.text(columns: columns))
        """
    }

    /// Milliseconds are enough.
    private var seconds: String {
        let milliseconds = UInt64(measured.elapsed / .milliseconds(1))
        let fraction = "\(milliseconds % 1000)"
        let zeros = String(repeating: "0", count: 3 - fraction.utf8.count)
        return "\(milliseconds / 1000).\(zeros)\(fraction)"
    }

    private var remark: String {
        switch measured.ending {
        case .timeOver: ""
        case .usedUp: "\nIt ended early: every identifier was used."
        case .interrupted: "\nIt ended early: interrupted."
        case .connectionsLost: "\nIt ended early: the connections were lost."
        }
    }

    private var counts: Table {
        let total = max(ordered.reduce(0) { $0 + $1.latencies.count }, 1)
        return Table(
            numbers: ["OUTCOME", "CALLS", "A SECOND", "SHARE"],
            ordered.map { outcome, latencies in
                let share = Double(latencies.count) / Double(total)
                return [
                    outcome.name, latencies.count.grouped,
                    measured.perSecond(latencies.count).grouped,
                    "\((share * 10_000).rounded() / 100) %",
                ]
            })
    }

    private var latencies: Table {
        Table(
            numbers: ["LATENCY IN MS"] + Latencies.shown.map(\.name),
            ordered.filter { $0.latencies.count > 0 }.map { outcome, latencies in
                [outcome.name] + Latencies.shown.map { latencies.percentile($0.of).asMilliseconds }
            })
    }

    /// Success first, also when there was none; then what happened most.
    private var ordered: [(outcome: Outcome, latencies: Latencies)] {
        let others = measured.outcomes.filter { $0.key != .succeeded }
            .sorted { ($1.value.count, $0.key.name) < ($0.value.count, $1.key.name) }
        return [(.succeeded, measured.outcomes[.succeeded] ?? Latencies())]
            + others.map { ($0.key, $0.value) }
    }

    // MARK: For programs

    /// One line.
    var json: String {
        JSONValue.object([
            .init("method", .string(method)),
            .init("connections", .integer(Int128(connections))),
            .init("depth", .integer(Int128(depth))),
            .init("seconds", .number(measured.elapsed / .seconds(1))),
            .init("ended", .string(measured.ending.rawValue)),
            .init("outcomes", .array(ordered.map { .object(members($0.outcome, $0.latencies)) })),
        ]).text + "\n"
    }

    private func members(_ outcome: Outcome, _ latencies: Latencies) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        switch outcome {
        case .succeeded: members.append(.init("status", .string("OK")))
        case .refused(let status, let reason):
            members.append(.init("status", .string(status.name)))
            members.append(.init("reason", .string(reason)))
        case .unknown: members.append(.init("status", .string("OUTCOME_UNKNOWN")))
        case .notProcessed: members.append(.init("status", .string("NOT_PROCESSED")))
        }
        members.append(.init("calls", .integer(Int128(latencies.count))))
        members.append(
            .init("perSecond", .integer(Int128(measured.perSecond(latencies.count)))))
        if latencies.count > 0 {
            members.append(
                .init(
                    "latencyUs",
                    .object(
                        Latencies.shown.map {
                            .init($0.name, .integer(Int128(latencies.percentile($0.of))))
                        })))
        }
        return members
    }
}

extension Table {
    /// The first column as ever, the others with their ends below each other.
    fileprivate init(numbers header: [String], _ rows: [[String]]) {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].utf8.count }.max() ?? 0
        }
        func aligned(_ row: [String]) -> [String] {
            row.enumerated().map { column, cell in
                let room = column == 0 ? 0 : widths[column] - cell.utf8.count
                return String(repeating: " ", count: room) + cell
            }
        }
        self.init(header: aligned(header), rows: rows.map(aligned))
    }
}
