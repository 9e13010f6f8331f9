public import RekeyCore
public import Synchronization

/// What the transport knows and RPCs tell: Health and ServerStatus.
public final class ServerState: Sendable {
    public let startedAt: Timestamp
    public let isDraining = Atomic(false)
    public let connections = Atomic(0)

    public init(startedAt: Timestamp) { self.startedAt = startedAt }
}
