// The real disk: system calls and nothing else. It may touch only paths it is given.
import CRekeyLinux
import Glibc

/// Linux's own files. Interrupted reads and writes go on, short ones are completed; a sync is never
/// repeated, not even after EINTR. Where a file system has no O_DIRECT, the page cache is dropped
/// before it is read through.
public struct SystemDisk: Disk {
    public init() {}

    public func open(_ path: String, _ access: FileAccess) throws(JournalError) -> OpenFile {
        switch access {
        case .read: try openToRead(path)
        case .write: try open(path, flags: O_RDWR)
        case .create: try open(path, flags: O_RDWR | O_CREAT | O_EXCL)
        }
    }

    public func close(_ file: OpenFile) {
        _ = Glibc.close(file.descriptor)
    }

    public func read(
        _ file: OpenFile, into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64
    ) throws(JournalError) -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = pread(
                file.descriptor, base + done, buffer.count - done, off_t(offset) + off_t(done))
            if count < 0 { try unlessInterrupted("pread", file.path) } else { done += count }
            // Past the cache the rest of a block can only be the end of the file.
            if count == 0 || file.isPastCache && done % Format.blockBytes != 0 { break }
        }
        return done
    }

    public func write(
        _ file: OpenFile, _ bytes: UnsafeRawBufferPointer, at offset: UInt64
    ) throws(JournalError) {
        guard let base = bytes.baseAddress else { return }
        var done = 0
        while done < bytes.count {
            let count = pwrite(
                file.descriptor, base + done, bytes.count - done, off_t(offset) + off_t(done))
            if count > 0 { done += count } else { try unlessInterrupted("pwrite", file.path) }
        }
    }

    public func allocate(_ file: OpenFile, _ bytes: UInt64) throws(JournalError) {
        var error = EINTR
        while error == EINTR { error = posix_fallocate(file.descriptor, 0, off_t(bytes)) }
        if error != 0 { throw .disk(error, "posix_fallocate", file.path) }
    }

    public func syncData(_ file: OpenFile) throws(JournalError) {
        try check(fdatasync(file.descriptor), "fdatasync", file.path)
    }

    public func sync(_ file: OpenFile) throws(JournalError) {
        try check(fsync(file.descriptor), "fsync", file.path)
    }

    public func size(of file: OpenFile) throws(JournalError) -> UInt64 {
        var status = stat()
        try check(fstat(file.descriptor, &status), "fstat", file.path)
        return UInt64(status.st_size)
    }

    public func lock(_ path: String) throws(JournalError) -> OpenFile {
        let file = try open(path, flags: O_RDWR | O_CREAT)
        let error = rekey_lock_file(file.descriptor)
        guard error != 0 else { return file }
        close(file)
        throw error == EWOULDBLOCK ? .locked(path) : .disk(error, "flock", path)
    }

    public func rename(_ path: String, to newPath: String) throws(JournalError) {
        try check(Glibc.rename(path, newPath), "rename", path)
    }

    public func unlink(_ path: String) throws(JournalError) {
        try check(Glibc.unlink(path), "unlink", path)
    }

    public func makeDirectory(_ path: String) throws(JournalError) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw .disk(errno, "mkdir", path) }
    }

    public func syncDirectory(_ path: String) throws(JournalError) {
        let directory = try open(path, flags: O_RDONLY | O_DIRECTORY)
        defer { close(directory) }
        try sync(directory)
    }

    public func list(_ path: String) throws(JournalError) -> [String] {
        guard let directory = opendir(path) else { throw .disk(errno, "opendir", path) }
        defer { closedir(directory) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(directory) else { break }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw .disk(errno, "readdir", path) }
        return names.sorted()
    }

    private func openToRead(_ path: String) throws(JournalError) -> OpenFile {
        do throws(JournalError) {
            let file = try open(path, flags: O_RDONLY | rekey_o_direct)
            return OpenFile(descriptor: file.descriptor, path: path, isPastCache: true)
        } catch {
            guard error.fault?.errno == EINVAL else { throw error }
        }
        let file = try open(path, flags: O_RDONLY)
        do throws(JournalError) {
            // Only pages that are on the disk can be dropped.
            try sync(file)
        } catch {
            close(file)
            throw error
        }
        posix_fadvise(file.descriptor, 0, 0, POSIX_FADV_DONTNEED)
        return file
    }

    private func open(_ path: String, flags: Int32) throws(JournalError) -> OpenFile {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .disk(errno, "open", path) }
        return OpenFile(descriptor: descriptor, path: path)
    }

    private func check(
        _ result: Int32, _ operation: String, _ path: String
    ) throws(JournalError) {
        if result != 0 { throw .disk(errno, operation, path) }
    }

    private func unlessInterrupted(_ operation: String, _ path: String) throws(JournalError) {
        if errno != EINTR { throw .disk(errno, operation, path) }
    }
}
