// What the proof needs of a run: its recording, and a judge for whatever a crash left of it.
import RekeySimulation

/// A finished run of real code on a recorded disk. The promise made to callers is a number that only
/// grows along the recording: -1 nothing, 0 that the store exists, n that the first n records are kept.
protocol Workload {
    static var name: String { get }

    /// Runs everything that `seed` says.
    init(seed: UInt64) throws

    /// With a note at each promise.
    var changes: [DiskChange] { get }

    /// Opens what is on `disk` and returns how many records of the run came back, -1 for no store.
    /// Throws `Broken` when the opening is refused or what came back is no prefix of the run.
    func recover(_ disk: SimulatedDisk, closing: Bool) throws -> Int
}
