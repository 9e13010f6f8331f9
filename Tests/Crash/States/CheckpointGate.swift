// Holds the store's checkpoint thread twice: after it took its snapshot it is known to have, and before
// its first write it waits, so that what is written meanwhile is not the scheduler's choice.
import Dispatch
import Glibc
import RekeyCore
import RekeySimulation
import RekeyStore
import Synchronization

/// The clock that a store asks, and the gate before its checkpoints.
final class CheckpointGate: TimeSource {
    let time = SimulatedTime()
    private let driver = Mutex<pthread_t>(pthread_self())
    private let snapshots = DispatchSemaphore(value: 0)
    private let arrived = DispatchSemaphore(value: 0)
    private let passes = DispatchSemaphore(value: 0)
    private let finished = DispatchSemaphore(value: 0)

    func watch(_ disk: SimulatedDisk) {
        disk.watch { [self] operation, path in
            guard operation == .open, path.contains("/checkpoint/"), path.hasSuffix(".tmp"),
                !isDriver
            else { return }
            arrived.signal()
            passes.wait()
        }
    }

    var boot: [UInt8] { time.boot }

    func wall() -> Timestamp { time.wall() }

    /// Calls are decided on the driver's thread: whoever else asks takes a snapshot, under the lock of
    /// the tables, which the driver's next call will wait for.
    func elapsed() -> Duration {
        if !isDriver { snapshots.signal() }
        return time.elapsed()
    }

    func waitForSnapshot() throws { try wait(snapshots, "begun") }

    /// Lets a checkpoint whose records are durable write, once `body` has run, until it is finished.
    func pass(_ body: () throws -> Void) throws {
        try wait(arrived, "written")
        try body()
        passes.signal()
        try wait(finished, "finished")
    }

    func finish() { finished.signal() }

    private var isDriver: Bool { driver.withLock { pthread_equal($0, pthread_self()) != 0 } }

    private func wait(_ semaphore: DispatchSemaphore, _ what: String) throws {
        guard semaphore.wait(timeout: .now() + 60) == .success else {
            throw Broken("no checkpoint was \(what) for a minute, though one was due")
        }
    }
}
