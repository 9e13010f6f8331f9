// Which store a file belongs to. Drawn once, by whoever creates the journal.

/// 16 random bytes that every header of a store carries, so that a file of another store, or bytes
/// left on a re-used disk, are never taken for its own.
public struct StoreID: Sendable, Hashable {
    public let high: UInt64
    public let low: UInt64

    /// Both halves from a good random generator; a store id of zero is never valid.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}
