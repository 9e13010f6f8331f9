// The real disk with a stopwatch: what the log writes, and how long the disk is at it.
import RekeyJournal
import Synchronization

/// Counts the bytes that go to the log, zeros of prepared segments too, and the time that batches
/// take; everything else passes.
final class CountingDisk: Disk {
    struct Counts {
        var syncs = 0
        var bytes = 0
        /// Nanoseconds in writes and syncs of the log.
        var busy: UInt64 = 0
    }

    private let disk = SystemDisk()
    private let counts = Mutex(Counts())

    /// What was counted since the last call.
    func take() -> Counts {
        counts.withLock { counts in
            defer { counts = Counts() }
            return counts
        }
    }

    func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: UInt64
    ) throws(JournalError) {
        let began = Stopwatch.now
        try disk.write(file, bytes, at: offset)
        guard file.path.contains("/log/") else { return }
        let took = Stopwatch.now - began
        counts.withLock {
            $0.bytes += bytes.count
            // Zeros are written by another thread, beside the batches.
            if file.path.hasSuffix(".log") { $0.busy += took }
        }
    }

    func syncData(_ file: OpenFile) throws(JournalError) {
        let began = Stopwatch.now
        try disk.syncData(file)
        let took = Stopwatch.now - began
        counts.withLock {
            $0.syncs += 1
            $0.busy += took
        }
    }

    func open(_ path: String, _ access: FileAccess) throws(JournalError) -> OpenFile {
        try disk.open(path, access)
    }
    func close(_ file: OpenFile) { disk.close(file) }
    func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(JournalError) -> Int { try disk.read(file, into: buffer, at: offset) }
    func allocate(_ file: OpenFile, _ bytes: UInt64) throws(JournalError) {
        try disk.allocate(file, bytes)
    }
    func sync(_ file: OpenFile) throws(JournalError) { try disk.sync(file) }
    func size(of file: OpenFile) throws(JournalError) -> UInt64 { try disk.size(of: file) }
    func lock(_ path: String) throws(JournalError) -> OpenFile { try disk.lock(path) }
    func rename(_ path: String, to newPath: String) throws(JournalError) {
        try disk.rename(path, to: newPath)
    }
    func unlink(_ path: String) throws(JournalError) { try disk.unlink(path) }
    func makeDirectory(_ path: String) throws(JournalError) { try disk.makeDirectory(path) }
    func syncDirectory(_ path: String) throws(JournalError) { try disk.syncDirectory(path) }
    func list(_ path: String) throws(JournalError) -> [String] { try disk.list(path) }
}
