// A disk in memory that knows what was synced, fails on demand, and crashes. For tests only.
import Glibc
public import RekeyJournal
import Synchronization

/// A simulated disk. Unsynced writes, creations, renames and removals survive a crash or not, as a
/// generator says; directories themselves always survive. After `crash` the old disk answers EIO to
/// everything, so that what still runs on it cannot reach the new one.
public final class SimulatedDisk: Disk {
    /// The steps that can be made to fail or watched.
    public enum Operation: Sendable, Equatable {
        case open, read, write, allocate, syncData, sync, lock, rename, unlink, makeDirectory
        case syncDirectory, list
    }

    let state: Mutex<SimulatedState>
    private let watcher = Mutex<(@Sendable (Operation, String) -> Void)?>(nil)
    private let writeWatcher = Mutex<(@Sendable (String, UnsafeRawBufferPointer) -> Void)?>(nil)

    public init() { state = Mutex(SimulatedState()) }

    /// A disk on which all of `image` is durable; its files are numbered by ascending path.
    public init(_ image: DiskImage) {
        var state = SimulatedState()
        state.directories = image.directories
        for (path, bytes) in image.files.sorted(by: { $0.key < $1.key }) {
            state.names[path] = state.nextNumber
            state.files[state.nextNumber] = SimulatedFile(durable: bytes)
            state.nextNumber += 1
        }
        state.durableNames = state.names
        self.state = Mutex(state)
    }

    private init(_ state: sending SimulatedState) { self.state = Mutex(state) }

    // MARK: what a test does to it

    /// Cuts the power: returns the disk that the next start finds.
    public func crash(keeping generator: inout some RandomNumberGenerator) -> SimulatedDisk {
        let survivor = state.withLock { state in
            state.isOff = true
            return state.afterCrash(keeping: &generator)
        }
        return SimulatedDisk(survivor)
    }

    /// A second disk with all that programs see on this one, as if all had been synced.
    public func copy() -> SimulatedDisk {
        SimulatedDisk(
            state.withLock { state in
                var copy = SimulatedState()
                copy.directories = state.directories
                copy.names = state.names
                copy.durableNames = state.names
                copy.files = state.files.mapValues { file in
                    var synced = file
                    synced.sync()
                    return synced
                }
                copy.nextNumber = state.nextNumber
                return copy
            })
    }

    /// Lets `after` more operations of this kind succeed, then fails one.
    public func fail(_ operation: Operation, after: Int = 0, errno: Int32) {
        state.withLock { $0.failures.append((operation, after, errno)) }
    }

    /// From the `count`-th operation from now on, everything fails with EIO.
    public func powerOff(afterOperations count: Int) {
        state.withLock { $0.powerOffAt = $0.operations + count }
    }

    /// How many bytes of files there is room for; beyond that ENOSPC.
    public func limit(to bytes: Int) { state.withLock { $0.capacity = bytes } }

    /// Bytes of all files.
    public var bytesUsed: Int { state.withLock { $0.bytesUsed } }

    /// Called before each operation, outside all locks, on the thread that makes it: may block it.
    public func watch(_ body: (@Sendable (Operation, String) -> Void)?) {
        watcher.withLock { $0 = body }
    }

    /// Called before each write with its bytes, as `watch` is.
    public func watchWrites(_ body: (@Sendable (String, UnsafeRawBufferPointer) -> Void)?) {
        writeWatcher.withLock { $0 = body }
    }

    /// Keeps every change from now on; `noting` puts a note among them.
    public func startRecording() { state.withLock { $0.recording = [] } }

    public func noting(_ note: Int) { state.withLock { $0.recording?.append(.note(note)) } }

    /// Every change since `startRecording`, in the order in which they took effect.
    public var recording: [DiskChange] { state.withLock { $0.recording ?? [] } }

    /// Steps made so far.
    public var operations: Int { state.withLock { $0.operations } }

    /// Every path with its content.
    public var contents: [String: [UInt8]] {
        state.withLock { state in state.names.compactMapValues { state.files[$0]?.content } }
    }

    /// Everything that programs see.
    public var image: DiskImage {
        state.withLock { state in
            DiskImage(
                directories: state.directories,
                files: state.names.compactMapValues { state.files[$0]?.content })
        }
    }

    /// Changes a file's bytes in place, as a failing medium would.
    public func damage(_ path: String, _ change: (inout [UInt8]) -> Void) {
        state.withLock { state in
            guard let number = state.names[path] else { preconditionFailure("no file \(path)") }
            state.files[number]?.damage(change)
        }
    }

    // MARK: helpers of the Disk conformance

    func tellWatcher(ofWrite bytes: UnsafeRawBufferPointer, to path: String) {
        writeWatcher.withLock { $0 }?(path, bytes)
    }

    /// One step: told to the watcher, counted, and failed if it is its turn.
    func step<Result>(
        _ operation: Operation, _ path: String,
        _ body: (inout SimulatedState) throws(JournalError) -> sending Result
    ) throws(JournalError) -> Result {
        watcher.withLock { $0 }?(operation, path)
        return try state.withLock { (state) throws(JournalError) in
            if let errno = state.failure(of: operation) {
                throw .disk(errno, "\(operation)", path)
            }
            return try body(&state)
        }
    }
}
