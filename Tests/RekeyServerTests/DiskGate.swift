import Dispatch
import RekeySimulation
import RekeyTestSupport

/// Holds every sync of a simulated disk until it is opened. It blocks the commit thread alone.
final class DiskGate: Sendable {
    private let (reached, arrival) = AsyncStream<Void>.makeStream()
    private let opening = DispatchGroup()

    init(_ disk: SimulatedDisk) {
        opening.enter()
        disk.watch { [arrival, opening] operation, _ in
            guard operation == .syncData else { return }
            arrival.yield()
            opening.wait()
        }
    }

    /// Returns once something waits for the disk.
    func isReached() async { for await _ in reached { break } }

    func open() { opening.leave() }
}
