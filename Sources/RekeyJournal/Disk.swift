// The seam between the journal and the kernel: every system call the journal makes, and no other way.
// SystemDisk is the real one; tests bring one that remembers what was synced and can crash.

/// How a file is opened.
public enum FileAccess: Sendable {
    /// An existing file, for syncing and then reading from the disk itself, past the page cache.
    case read
    /// An existing file, for reading and writing.
    case write
    /// A new file, for reading and writing, mode 0600; `EEXIST` when the name is taken.
    case create
}

/// A disk. Each call is one step that a crash may fall before, inside or after; each throws
/// `JournalError.disk` with errno, operation and path. Paths are absolute or relative to the process.
public protocol Disk: Sendable {
    func open(_ path: String, _ access: FileAccess) throws(JournalError) -> OpenFile
    /// Ends the use of a file, and its lock if it has one. Syncs nothing.
    func close(_ file: OpenFile)

    /// Fills `buffer` from `offset` on; returns fewer bytes only at the end of the file.
    /// The journal always passes 4 KiB aligned memory, offsets and lengths.
    func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(JournalError) -> Int
    /// Writes all of `bytes`, or throws with any part of them written.
    func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: UInt64
    ) throws(JournalError)
    /// Makes `file` at least that long with all of its blocks taken, or throws ENOSPC.
    func allocate(_ file: OpenFile, _ bytes: UInt64) throws(JournalError)
    /// `fdatasync`. After an error nobody knows what is on the disk: never call it again to find out.
    func syncData(_ file: OpenFile) throws(JournalError)
    /// `fsync`, for a file whose size changed.
    func sync(_ file: OpenFile) throws(JournalError)
    /// In bytes.
    func size(of file: OpenFile) throws(JournalError) -> UInt64

    /// Opens (creating it, mode 0600) and locks a file until `close` or the end of the process.
    /// Throws `.locked` when somebody else has it.
    func lock(_ path: String) throws(JournalError) -> OpenFile
    /// Atomic; durable only after `syncDirectory` of the new name's directory.
    func rename(_ path: String, to newPath: String) throws(JournalError)
    func unlink(_ path: String) throws(JournalError)
    /// Mode 0700. A directory that is already there is left as it is.
    func makeDirectory(_ path: String) throws(JournalError)
    func syncDirectory(_ path: String) throws(JournalError)
    /// Names (not paths) in ascending order, without `.` and `..`.
    func list(_ path: String) throws(JournalError) -> [String]
}

extension Disk {
    /// Opens a file for the length of `body`.
    func withFile<Result>(
        _ path: String, _ access: FileAccess,
        _ body: (OpenFile) throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        let file = try open(path, access)
        defer { close(file) }
        return try body(file)
    }

    /// Removes what an interrupted write left: nothing in a temp file was ever promised to anybody.
    func removeTemporaries(in directory: String) throws(JournalError) {
        for name in try list(directory) where name.hasSuffix(Layout.temporary) {
            try unlink("\(directory)/\(name)")
        }
    }
}
