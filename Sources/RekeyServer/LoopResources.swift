import NIOCore
import RekeyWire

/// What the connections of one event loop share: they take turns, so one of each is enough.
final class LoopResources {
    let arena = Arena()
    let executor: LoopExecutor

    init(_ loop: any EventLoop) { executor = LoopExecutor(loop) }
}

/// The resources of every loop of a group, made before the first connection.
struct LoopResourcesTable: Sendable {
    private let byLoop: [ObjectIdentifier: NIOLoopBound<LoopResources>]

    init(_ group: any EventLoopGroup) async throws {
        var byLoop: [ObjectIdentifier: NIOLoopBound<LoopResources>] = [:]
        for loop in group.makeIterator() {
            byLoop[ObjectIdentifier(loop)] = try await loop.submit {
                NIOLoopBound(LoopResources(loop), eventLoop: loop)
            }.get()
        }
        self.byLoop = byLoop
    }

    /// Only on the loop itself.
    subscript(loop: any EventLoop) -> LoopResources {
        guard let resources = byLoop[ObjectIdentifier(loop)]?.value else {
            preconditionFailure("a connection on a loop of another group")
        }
        return resources
    }
}
