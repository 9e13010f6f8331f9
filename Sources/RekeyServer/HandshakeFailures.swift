import Logging
import NIOCore
import RekeyService
import Synchronization

/// Handshakes that failed: counted for the status, and told in the log without letting whoever knocks
/// fill it.
final class HandshakeFailures: Sendable {
    private let state: ServerState
    private let log: SpacedLog

    init(state: ServerState, logger: Logger) {
        self.state = state
        log = SpacedLog("a TLS handshake failed", logger)
    }

    func add(_ peer: SocketAddress?, _ why: String) {
        state.handshakesFailed.add(1, ordering: .relaxed)
        log.add(["peer": "\(peer?.ipAddress ?? "unknown")", "why": "\(why)"])
    }
}
