// Holds the commit thread before it writes a batch, so that the run, and not the scheduler, decides
// which records ride together.
import Dispatch
import RekeySimulation
import Synchronization

/// Stops each write of a batch to the log while it is closed.
final class CommitGate: Sendable {
    /// A batch that has been taken and not been written yet.
    enum Stop: UInt8 {
        case other = 0
        case records
        /// After this one the thread sleeps until a record comes.
        case floor
    }

    private let isClosed = Atomic(false)
    /// The next batch of records still passes, and closes it.
    private let closesBehindRecords = Atomic(false)
    /// The kind byte of the batch that is held.
    private let kind = Atomic<UInt8>(0)
    private let arrived = DispatchSemaphore(value: 0)
    private let passes = DispatchSemaphore(value: 0)
    private let closed = DispatchSemaphore(value: 0)

    init(on disk: SimulatedDisk) {
        disk.watchWrites { [self] path, bytes in
            guard path.contains("/log/"), bytes.starts(with: "RKYB".utf8) else { return }
            if bytes[4] == Stop.records.rawValue,
                closesBehindRecords.exchange(false, ordering: .acquiringAndReleasing)
            {
                close()
                closed.signal()
                return
            }
            guard isClosed.load(ordering: .acquiring) else { return }
            kind.store(bytes[4], ordering: .releasing)
            arrived.signal()
            passes.wait()
        }
    }

    /// Lets `body`, which appends without being asked to, have that batch; closed on return.
    func closing<Result>(behindRecordsOf body: () throws -> Result) throws -> Result {
        closesBehindRecords.store(true, ordering: .releasing)
        let result = try body()
        guard closed.wait(timeout: .now() + 60) == .success else {
            throw Broken("no batch of records was written for a minute, though one was due")
        }
        return result
    }

    func close() { isClosed.store(true, ordering: .releasing) }

    /// Until a batch is held.
    func stop() throws -> Stop {
        guard arrived.wait(timeout: .now() + 60) == .success else {
            throw Broken("no batch was written for a minute, though one was due")
        }
        return Stop(rawValue: kind.load(ordering: .acquiring)) ?? .other
    }

    func pass() { passes.signal() }

    /// Lets the batch that is held pass, and all that come.
    func open() {
        isClosed.store(false, ordering: .releasing)
        passes.signal()
    }
}
