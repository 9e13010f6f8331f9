import RekeyCore
import RekeyWire

extension CommandError {
    /// For people: "rekey: what happened", then what to do.
    var text: String {
        var lines = ["rekey: \(failure.message.escaped)"]
        // A message about one field usually says what its detail says.
        for detail in failure.details where !failure.message.utf8.contains(detail.problem.utf8) {
            lines.append("  \(detail.field.escaped): \(detail.problem.escaped)")
        }
        if let advice { lines.append(advice) }
        return lines.map { $0 + "\n" }.joined()
    }

    /// For programs: one line.
    var json: String {
        var members: [JSONValue.Member] = [
            .init("status", .string(failure.status.name)),
            .init("code", .integer(Int128(failure.status.rawValue))),
            .init("reason", .string(failure.reason)),
            .init("message", .string(failure.message)),
            .init(
                "details",
                .array(
                    failure.details.map {
                        .object([
                            .init("field", .string($0.field)),
                            .init("problem", .string($0.problem)),
                        ])
                    })),
        ]
        if let time = failure.retryAfter {
            members.append(.init("retryAfterMs", .integer(Int128(time.milliseconds))))
        }
        return JSONValue.object([.init("error", .object(members))]).text + "\n"
    }
}

extension String.UTF8View {
    fileprivate func contains(_ part: String.UTF8View) -> Bool {
        indices.contains { self[$0...].starts(with: part) }
    }
}
