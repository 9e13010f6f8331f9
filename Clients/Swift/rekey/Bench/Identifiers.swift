import Synchronization

/// Identifiers that no other run has. A subject has limits (R05), so each is used once.
final class Identifiers: Sendable {
    private let prefix: String
    /// nil: as many as wanted.
    private let count: Int?
    private let drawn = Atomic(0)

    init(count: Int?) {
        self.count = count
        prefix = "bench-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    }

    private init(_ prefix: String, _ count: Int?) {
        self.prefix = prefix
        self.count = count
    }

    /// The same ones, from the first.
    func again() -> Identifiers { Identifiers(prefix, count) }

    /// One that was not given out before; nil when all were.
    func next() -> String? {
        let index = drawn.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count ?? .max else { return nil }
        return "\(prefix)-\(index)"
    }
}
