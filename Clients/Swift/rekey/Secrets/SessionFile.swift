import Glibc
import RekeyCore

/// Where the session of whoever is logged in rests between commands: a file for its owner only.
struct SessionFile {
    let path: String

    /// - Parameter option: the value of `--session-file`; nil for the place that XDG names (XDG
    ///   Base Directory Specification, $XDG_STATE_HOME).
    init(_ option: String?, _ environment: [String: String]) throws(CommandError) {
        if let option {
            path = option
        } else if let state = environment["XDG_STATE_HOME"], state.utf8.first == UInt8(ascii: "/") {
            path = "\(state)/rekey/session"
        } else if let home = environment["HOME"], !home.isEmpty {
            path = "\(home)/.local/state/rekey/session"
        } else {
            throw .usage("neither XDG_STATE_HOME nor HOME is set; add --session-file FILE")
        }
    }

    /// nil when there is none.
    func read() throws(CommandError) -> Secret? {
        guard access(path, F_OK) == 0 || errno != ENOENT else { return nil }
        let bytes = try Files.readWithoutNewline(path)
        return bytes.isEmpty ? nil : Secret(bytes)
    }

    /// All of it or nothing: written beside its place, synced, and renamed.
    func write(_ session: Secret) throws(CommandError) {
        try makeFolders()
        let draft = "\(path).new-\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .cannotWrite(path, errno) }
        let isWritten = session.withBytes {
            Glibc.write(descriptor, $0.baseAddress, $0.count) == $0.count
        }
        guard isWritten, fsync(descriptor) == 0, rename(draft, path) == 0 else {
            let error = errno
            close(descriptor)
            unlink(draft)
            throw .cannotWrite(path, error)
        }
        close(descriptor)
    }

    func remove() throws(CommandError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw .cannotWrite(path, errno) }
    }

    /// Every folder above the file that is missing, for its owner only.
    private func makeFolders() throws(CommandError) {
        let slashes = path.utf8.indices.dropFirst().filter { path.utf8[$0] == UInt8(ascii: "/") }
        for slash in slashes {
            guard mkdir(String(path[..<slash]), 0o700) == 0 || errno == EEXIST else {
                throw .cannotWrite(path, errno)
            }
        }
    }
}
