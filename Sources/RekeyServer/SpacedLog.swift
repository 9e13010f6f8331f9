import Logging
import Synchronization

/// A line of the log for what others can cause as often as they like: at most one within ten
/// seconds, which says how many there were since the one before it.
final class SpacedLog: Sendable {
    private let message: Logger.Message
    private let logger: Logger
    private let state = Mutex(State())
    private static let spacing: Duration = .seconds(10)

    private struct State {
        var toldAt: ContinuousClock.Instant?
        var untold = 0
    }

    init(_ message: Logger.Message, _ logger: Logger) {
        self.message = message
        self.logger = logger
    }

    func add(_ metadata: @autoclosure () -> Logger.Metadata, at now: ContinuousClock.Instant = .now)
    {
        let count: Int? = state.withLock { state in
            state.untold += 1
            if let last = state.toldAt, now - last < Self.spacing { return nil }
            defer { state = State(toldAt: now) }
            return state.untold
        }
        guard let count else { return }
        logger.notice(
            message,
            metadata: metadata().merging(["since the last line": "\(count)"]) { $1 })
    }
}
