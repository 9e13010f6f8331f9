import Glibc

/// An open directory that only its owner may enter. All names are relative to the open directory,
/// so nobody can put another in its place.
final class Folder: Sendable {
    private let descriptor: CInt

    /// Opens what is there.
    init(path: String) throws(CourierError) {
        descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system("open \(path)", errno) }
    }

    private init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// The folder of that name in this one, made durably and with mode 0700 if it is missing.
    func folder(_ name: String) throws(CourierError) -> Folder {
        if mkdirat(descriptor, name, 0o700) == 0 {
            try sync()
        } else if errno != EEXIST {
            throw .system("create the folder \(name)", errno)
        }
        let child = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard child >= 0 else { throw .system("open the folder \(name)", errno) }
        return Folder(descriptor: child)
    }

    /// Whether the owner is this process's user and nobody else may read, write or enter.
    func isPrivate() throws(CourierError) -> Bool {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw .system("examine the folder", errno) }
        return status.st_uid == geteuid() && status.st_mode & 0o077 == 0
    }

    /// Puts a file of mode 0600 here, whole or not at all, over one of the same name, durably.
    ///
    /// - Parameter drafts: Where it is written first; on the same file system. What a crash left
    ///   there under this name is written over.
    func put(_ bytes: [UInt8], named name: String, by drafts: Folder) throws(CourierError) {
        do throws(CourierError) {
            try drafts.write(bytes, named: name)
            guard renameat(drafts.descriptor, name, descriptor, name) == 0 else {
                throw .system("rename a letter", errno)
            }
        } catch {
            unlinkat(drafts.descriptor, name, 0)
            throw error
        }
        try sync()
    }

    private func write(_ bytes: [UInt8], named name: String) throws(CourierError) {
        let flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC
        let file = openat(descriptor, name, flags, 0o600)
        guard file >= 0 else { throw .system("create a letter", errno) }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.write(file, $0.baseAddress?.advanced(by: written), $0.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw .system("write a letter", errno)
            }
        }
        guard fsync(file) == 0 else { throw .system("sync a letter", errno) }
    }

    private func sync() throws(CourierError) {
        guard fsync(descriptor) == 0 else { throw .system("sync the courier's folder", errno) }
    }
}

extension CourierError {
    /// A call to the system that failed. Worth a retry whatever the reason: an operator can make
    /// room, mount the disk again or mend the rights while letters wait.
    fileprivate static func system(_ action: String, _ number: CInt) -> CourierError {
        CourierError(
            isWorthRetrying: true,
            message: "the courier could not \(action): \(String(cString: strerror(number)))")
    }
}
