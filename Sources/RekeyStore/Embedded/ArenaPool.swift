import RekeyWire
import Synchronization

/// Arenas for whoever unpacks a row outside the lock of the tables: as many as do so at once.
final class ArenaPool: Sendable {
    /// Unchecked, since the pool lends each to one thread at a time.
    private struct Lent: @unchecked Sendable {
        let arena = Arena()
    }

    private let idle = Mutex<[Lent]>([])

    /// Lends one to `body`.
    func with<Result, Failure: Error>(
        _ body: (Arena) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let lent = idle.withLock { $0.popLast() } ?? Lent()
        defer { idle.withLock { $0.append(lent) } }
        return try body(lent.arena)
    }
}
