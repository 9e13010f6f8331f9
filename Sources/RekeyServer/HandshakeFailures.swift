import Logging
import NIOCore
import RekeyService
import Synchronization

/// Handshakes that failed: counted for the status, and told in the log without letting whoever knocks
/// fill it.
final class HandshakeFailures: Sendable {
    private let state: ServerState
    private let logger: Logger
    private let told: Mutex<(at: ContinuousClock.Instant, count: UInt64)?> = Mutex(nil)
    private static let spacing: Duration = .seconds(10)

    init(state: ServerState, logger: Logger) {
        self.state = state
        self.logger = logger
    }

    func add(_ peer: SocketAddress?, _ why: String) {
        let count = state.handshakesFailed.add(1, ordering: .relaxed).newValue
        let now = ContinuousClock.now
        let since: UInt64? = told.withLock { told in
            if let last = told, now - last.at < Self.spacing { return nil }
            defer { told = (now, count) }
            return count - (told?.count ?? 0)
        }
        guard let since else { return }
        logger.notice(
            "a TLS handshake failed",
            metadata: [
                "peer": "\(peer?.ipAddress ?? "unknown")", "why": "\(why)",
                "since the last line": "\(since)",
            ])
    }
}
