public import RekeyCore
public import Synchronization

/// What the transport knows and RPCs tell: Health and ServerStatus.
public final class ServerState: Sendable {
    public let startedAt: Timestamp
    /// The services that are served, by their full names.
    let services: Set<String>
    public let isDraining = Atomic(false)
    public let connections = Atomic(0)

    public init(startedAt: Timestamp, services: Set<String>) {
        self.startedAt = startedAt
        self.services = services
    }
}
