// Holds every sync of a disk, so that a test decides when something becomes durable.

import Dispatch
import RekeySimulation
import Synchronization

/// While closed no sync of data begins; whoever comes to one waits on its own thread.
final class Gate: Sendable {
    /// One for each sync that stopped here.
    let arrivals: AsyncStream<Void>
    private let isClosed = Mutex(false)
    private let passage = DispatchGroup()

    init(on disk: SimulatedDisk) {
        let (arrivals, arrival) = AsyncStream<Void>.makeStream()
        self.arrivals = arrivals
        disk.watch { [self] operation, _ in
            guard operation == .syncData, isClosed.withLock({ $0 }) else { return }
            arrival.yield()
            passage.wait()
        }
    }

    func close() {
        isClosed.withLock { isClosed in
            passage.enter()
            isClosed = true
        }
    }

    func open() {
        isClosed.withLock { isClosed in
            isClosed = false
            passage.leave()
        }
    }

    /// Returns when a sync has stopped here.
    func arrival() async {
        for await _ in arrivals { return }
    }
}
