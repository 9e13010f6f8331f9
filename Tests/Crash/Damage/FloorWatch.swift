// Catches the disk just before and just after the floor batch that follows the last record.
import RekeySimulation
import Synchronization

/// Watches a journal's log for one floor.
final class FloorWatch: Sendable {
    private struct State {
        var before: DiskImage?
        var isWritten = false
        var after: DiskImage?
    }

    private static let floorKind: UInt8 = 2

    private let disk: SimulatedDisk
    private let state = Mutex(State())
    private let caught = Waiter()

    init(_ disk: SimulatedDisk) {
        self.disk = disk
        disk.watchWrites { [weak self] path, bytes in
            guard path.contains("/log/"), bytes.starts(with: "RKYB".utf8),
                bytes[4] == Self.floorKind
            else { return }
            self?.state.withLock { $0.isWritten = $0.before != nil }
        }
        disk.watch { [weak self] operation, _ in
            if operation == .syncData { self?.catchFloor() }
        }
    }

    /// Called on the commit thread when the last record is durable: the next floor is the one.
    func arm() {
        let image = disk.image
        state.withLock { $0.before = image }
    }

    func imageBeforeFloor() throws -> DiskImage {
        guard let image = state.withLock({ $0.before }) else { throw Silent("the last record") }
        return image
    }

    func imageAfterFloor() throws -> DiskImage {
        try caught.wait("a floor")
        guard let image = state.withLock({ $0.after }) else { throw Silent("a floor") }
        return image
    }

    private func catchFloor() {
        let image = disk.image
        let isCaught = state.withLock { state in
            guard state.isWritten, state.after == nil else { return false }
            state.after = image
            return true
        }
        if isCaught { caught.signal() }
    }
}
