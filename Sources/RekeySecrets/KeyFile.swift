// The file that a key ring rests in, as bytes: who may read it, and how it is written so that it is
// there or not there. KeyRing+File.swift alone comes in; it touches the file system and nothing of
// what the bytes mean.

import CSodium
import Glibc
import RekeyCore

enum KeyFile {
    /// Some 1,000 keys; a file beyond that is something else.
    static let byteCountMax = 65_536

    /// The whole file, once its owner and its mode are judged (R49).
    static func read(_ path: String) throws(KeyRingError) -> Secret {
        // Not blocking, so that a pipe in the file's place is refused instead of waited for.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { throw failure("open", path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("fstat", path) }
        if let problem = problem(of: status) { throw KeyRingError(path: path, problem: problem) }
        return try withScratch(byteCountMax + 1) { buffer throws(KeyRingError) in
            var filled = 0
            while filled < buffer.count {
                let count = Glibc.read(
                    file, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
                if count < 0 && errno == EINTR { continue }
                guard count >= 0 else { throw failure("read", path) }
                if count == 0 { break }
                filled += count
            }
            guard filled <= byteCountMax else {
                throw KeyRingError(path: path, problem: .tooLarge)
            }
            return Secret(UnsafeRawBufferPointer(buffer).slice(0, filled))
        }
    }

    /// Writes a new file, mode 0600, and returns once it and its name are durable. Whatever crashes,
    /// it is there whole or not at all.
    ///
    /// For one caller at a time. What was there is left alone; what could not be finished is taken away
    /// again.
    static func create(_ path: String, holding text: Secret) throws(KeyRingError) {
        let draft = try draft(for: path, text)
        defer { unlink(draft) }
        guard link(draft, path) == 0 else {
            switch errno {
            case EEXIST: throw KeyRingError(path: path, problem: .exists)
            case EPERM: throw KeyRingError(path: path, problem: .noHardLinks)
            default: throw failure("link", path)
            }
        }
        do throws(KeyRingError) {
            try syncFolder(of: path)
        } catch {
            unlink(path)
            throw error
        }
    }

    /// Puts a new file, mode 0600, in the place of one that is there, at once: whoever looks, and
    /// whatever crashes, finds the old one whole or the new one. Durable on return.
    ///
    /// For one caller at a time. Where the path is a symbolic link, what it leads to is replaced.
    static func replace(_ path: String, holding text: Secret) throws(KeyRingError) {
        guard let resolved = realpath(path, nil) else { throw failure("realpath", path) }
        defer { free(resolved) }
        let target = String(cString: resolved)
        var status = stat()
        guard stat(target, &status) == 0 else { throw failure("stat", target) }
        // The new file would be ours, and whoever runs the service could not read it.
        guard status.st_uid == geteuid() else {
            throw KeyRingError(path: target, problem: .foreignOwner(status.st_uid))
        }
        let draft = try draft(for: target, text)
        guard rename(draft, target) == 0 else {
            let error = failure("rename", target)
            unlink(draft)
            throw error
        }
        try syncFolder(of: target)
    }

    /// Writes a file beside `target`, whole and synced but for its name; or leaves none. Its path.
    private static func draft(
        for target: String, _ text: Secret
    ) throws(KeyRingError) -> String {
        guard text.count <= byteCountMax else {
            throw KeyRingError(path: target, problem: .tooLarge)
        }
        let path = "\(target).new"
        // What a crash left was never anybody's ring, or has its name.
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw failure("open", target) }
        do throws(KeyRingError) {
            defer { close(file) }
            try text.withBytes { bytes throws(KeyRingError) in
                var rest = bytes
                while !rest.isEmpty {
                    let count = Glibc.write(file, rest.baseAddress, rest.count)
                    if count < 0 && errno == EINTR { continue }
                    guard count > 0 else { throw failure("write", path) }
                    rest = rest.slice(count, rest.count)
                }
            }
            guard fsync(file) == 0 else { throw failure("fsync", path) }
        } catch {
            unlink(path)
            throw error
        }
        return path
    }

    private static func problem(of status: stat) -> KeyRingError.Problem? {
        guard status.st_mode & S_IFMT == S_IFREG else { return .notARegularFile }
        guard status.st_mode & 0o077 == 0 else { return .exposed(mode: status.st_mode & 0o7777) }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            return .foreignOwner(status.st_uid)
        }
        guard status.st_size <= byteCountMax else { return .tooLarge }
        return nil
    }

    private static func syncFolder(of path: String) throws(KeyRingError) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(path[...$0]) } ?? "."
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw failure("open", folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw failure("fsync", folder) }
    }

    private static func failure(_ call: String, _ path: String) -> KeyRingError {
        KeyRingError(path: path, problem: .system(call: call, errno: errno))
    }
}
