// The clocks of a test's world: they stand still until the test moves them.

public import RekeyCore
public import RekeyStore
import Synchronization

/// A wall clock and a stopwatch under the test's hand.
public final class SimulatedTime: TimeSource {
    private let state: Mutex<(wall: Timestamp, elapsed: Duration, boots: UInt8)>

    /// - Parameter wall: milliseconds since 1970; by default a Tuesday of July 2019.
    public init(wall: Timestamp = Timestamp(milliseconds: 1_563_290_940_000)) {
        state = Mutex((wall, .seconds(100), 1))
    }

    public func wall() -> Timestamp { state.withLock { $0.wall } }
    public func elapsed() -> Duration { state.withLock { $0.elapsed } }

    public var boot: [UInt8] {
        [UInt8](repeating: state.withLock { $0.boots }, count: 16)
    }

    /// The machine is started anew; nobody knows how long it was off.
    public func reboot() {
        state.withLock {
            $0.elapsed = .zero
            $0.boots += 1
        }
    }

    /// Time goes by, on both clocks.
    public func advance(by duration: Duration) {
        state.withLock {
            $0.wall = $0.wall + duration
            $0.elapsed += duration
        }
    }

    /// Somebody sets the wall clock.
    public func setWall(_ wall: Timestamp) { state.withLock { $0.wall = wall } }
}
