public import RekeyCore
public import Synchronization

/// What the transport knows and RPCs tell: Health and ServerStatus.
public final class ServerState: Sendable {
    public let startedAt: Timestamp
    /// The services that are served, by their full names.
    let services: Set<String>
    public let isDraining = Atomic(false)
    public let connections = Atomic(0)
    /// Connections that were closed before their caller was known.
    public let handshakesFailed = Atomic<UInt64>(0)
    private let certificate = Mutex<Timestamp?>(nil)

    /// When the server's certificate ends; nil without TLS.
    public var certificateValidUntil: Timestamp? {
        get { certificate.withLock { $0 } }
        set { certificate.withLock { $0 = newValue } }
    }

    public init(startedAt: Timestamp, services: Set<String>) {
        self.startedAt = startedAt
        self.services = services
    }
}
