// Why work was not done by the hashing pool.

/// Why work was not done. In each case none of it was.
public enum HashingPoolError: Error, Equatable, Sendable {
    /// The queue was full (R86): refuse the call, the same for known and unknown.
    case overloaded
    /// The task was cancelled before the work began.
    case cancelled
    /// The pool was shut down before the work began.
    case shutDown
    /// A thread could not be started, when the pool was made: `errno`.
    case noThread(Int32)
}
