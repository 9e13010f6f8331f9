import Logging
import RekeyStore
import Synchronization

/// What the store tells, as lines of the log.
final class NoticeLog: Sendable {
    private let logger: Logger
    /// A short opening needs no line but its last.
    private let nextLine: Mutex<ContinuousClock.Instant>
    private static let spacing: Duration = .seconds(5)

    init(logger: Logger) {
        self.logger = logger
        nextLine = Mutex(.now + Self.spacing)
    }

    func log(_ notice: StoreNotice) {
        switch notice {
        case .opening(let done, let total): logOpening(done, of: total)
        case .checkpoint(.success(let sequence)):
            logger.info("checkpoint written", metadata: ["sequence": "\(sequence)"])
        case .checkpoint(.failure(let error)):
            logger.error(
                "a checkpoint failed; nothing is lost", metadata: ["error": "\(error)"])
        case .full(let error):
            logger.critical(
                "the disk is full: only Logout, DisableAccount and RevokeSessions are written",
                metadata: ["error": "\(error)"])
        case .roomAgain: logger.notice("the disk has room again: everything is written")
        case .clockAhead(.zero): logger.notice("the clock is followed again")
        case .clockAhead(let gap):
            logger.critical(
                "the clock leapt ahead and is not followed: set it right",
                metadata: ["ahead": "\(gap)"])
        }
    }

    private func logOpening(_ done: UInt64, of total: UInt64) {
        let isDue = nextLine.withLock { next in
            guard .now >= next else { return false }
            next = .now + Self.spacing
            return true
        }
        guard isDue, total > 0 else { return }
        logger.notice(
            "opening the store",
            metadata: ["percent": "\(done * 100 / total)", "mib": "\(total >> 20)"])
    }
}
