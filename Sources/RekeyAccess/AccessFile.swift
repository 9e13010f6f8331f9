// Files of this room on disk: read after their mode was judged, replaced as a whole or not at all.
// Everything here that loads or keeps a file comes in; it touches the file system and nothing of what
// the bytes mean.

import Glibc

enum AccessFile {
    /// A company's bundle of authorities has some 100 KiB.
    private static let byteCountMax = 4 << 20

    /// Who else than its owner may touch a file.
    enum Guard {
        /// Whoever the file's owner likes.
        case open
        /// Others may read it, and not write: it says who may come in.
        case trusted
        /// Nobody may read or write it (R49).
        case secret
    }

    /// The file's text.
    static func read(_ path: String, _ guarded: Guard = .open) throws(AccessError) -> String {
        // Not blocking, so that a pipe in the file's place is refused instead of waited for.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw AccessError(path, "cannot be read (\(reason())); check the path and its rights")
        }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw AccessError(path, "is not a regular file; name the file itself")
        }
        try judge(status, guarded, path)
        var bytes: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(file, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw AccessError(path, "cannot be read (\(reason()))") }
            if count == 0 { break }
            bytes += part[..<count]
            guard bytes.count <= byteCountMax else {
                throw AccessError(path, "is larger than 4 MiB, so it is something else")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func judge(
        _ status: stat, _ guarded: Guard, _ path: String
    ) throws(AccessError) {
        let mode = "has mode \(String(status.st_mode & 0o7777, radix: 8)), so group or others can"
        switch guarded {
        case .open: break
        case .trusted:
            guard status.st_mode & 0o022 == 0 else {
                throw AccessError(
                    path,
                    "says who may come in and \(mode) change it: look through it, then run chmod go-w"
                )
            }
        case .secret:
            guard status.st_mode & 0o077 == 0 else {
                throw AccessError(
                    path,
                    "holds a private key and \(mode) use it: run chmod 600, and renew the certificate "
                        + "if somebody may have read it")
            }
            guard status.st_uid == geteuid() || status.st_uid == 0 else {
                throw AccessError(
                    path,
                    "belongs to user \(status.st_uid): chown it to the user that runs this, or to root"
                )
            }
        }
    }

    /// Puts `text` in the place of whatever is there, durably: a crash leaves the old file or the new.
    /// It belongs to whom the file before it belonged to: root renews what the server's user reads.
    static func replace(
        _ path: String, with text: String, mode: mode_t
    ) throws(AccessError) {
        let draft = "\(path).new-\(getpid())"
        // One that a crash left; whoever put another thing there is not written through.
        unlink(draft)
        do throws(AccessError) {
            try write(text, to: draft, mode: mode, like: path)
            guard rename(draft, path) == 0 else { throw failure(path) }
        } catch {
            unlink(draft)
            throw error
        }
        try syncFolder(of: path)
    }

    private static func write(
        _ text: String, to path: String, mode: mode_t, like before: String
    ) throws(AccessError) {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw failure(path) }
        defer { close(file) }
        try giveOwner(of: before, to: file)
        // The umask does not decide who may read it.
        guard fchmod(file, mode) == 0 else { throw failure(path) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw failure(path) }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0 else { throw failure(path) }
    }

    private static func giveOwner(of before: String, to file: Int32) throws(AccessError) {
        var old = stat()
        var new = stat()
        guard lstat(before, &old) == 0, fstat(file, &new) == 0,
            old.st_uid != new.st_uid || old.st_gid != new.st_gid
        else { return }
        guard fchown(file, old.st_uid, old.st_gid) == 0 else { throw failure(before) }
    }

    /// Runs `body` while nobody else is in here with the same `path`, whose file is locked; it
    /// stays.
    static func exclusively<Value>(
        _ path: String, like other: String, _ body: () throws(AccessError) -> Value
    ) throws(AccessError) -> Value {
        let file = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure(path) }
        // Closing gives the lock back.
        defer { close(file) }
        try giveOwner(of: other, to: file)
        while flock(file, LOCK_EX) != 0 {
            guard errno == EINTR else { throw failure(path) }
        }
        return try body()
    }

    /// A new folder that only its owner may enter.
    static func makeFolder(_ path: String) throws(AccessError) {
        guard mkdir(path, 0o700) == 0 else {
            throw errno == EEXIST
                ? AccessError(path, "is there already; name another folder, or move it away")
                : failure(path)
        }
        try syncFolder(of: path)
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    /// Not for a link to one.
    static func isRegular(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// The names in a folder that end in `suffix`, in order; none when there is no such folder.
    static func names(
        in folder: String, endingIn suffix: String
    ) throws(AccessError) -> [String] {
        guard let stream = opendir(folder) else {
            if errno == ENOENT { return [] }
            throw AccessError(folder, "cannot be read (\(reason())); check the path and its rights")
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
                name.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasSuffix(suffix) { names.append(name) }
        }
        return names.sorted()
    }

    private static func syncFolder(of path: String) throws(AccessError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(path[...$0]) } ?? "."
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure(folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure(folder) }
    }

    private static func failure(_ path: String) -> AccessError {
        AccessError(path, "cannot be written (\(reason())); check the path and its rights")
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
