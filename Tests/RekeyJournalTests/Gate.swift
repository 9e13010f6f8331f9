// Holds the commit thread inside a sync, so that a test decides when a batch becomes durable.
import Dispatch
import RekeySimulation
import Synchronization

/// Lets syncs pass until closed; then each stops until it is let through.
final class Gate: Sendable {
    private let isClosed = Atomic(false)
    private let arrived = DispatchSemaphore(value: 0)
    private let passes = DispatchSemaphore(value: 0)

    init(on disk: SimulatedDisk) {
        disk.watch { [self] operation, _ in
            guard operation == .syncData, isClosed.load(ordering: .acquiring) else { return }
            arrived.signal()
            passes.wait()
        }
    }

    func close() { isClosed.store(true, ordering: .releasing) }

    /// Returns when a sync has stopped at the gate; false when none comes, which is a failed test.
    func waitForArrival() -> Bool { arrived.wait(timeout: .now() + 20) == .success }

    /// Lets the one that waits through, and all that come later.
    func open() {
        isClosed.store(false, ordering: .releasing)
        passes.signal()
    }
}
