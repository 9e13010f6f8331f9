// How a failed system call and a damaged file read, for people.
import Glibc

extension JournalError {
    /// A failed system call, for implementations of `Disk`.
    public static func disk(_ errno: Int32, _ operation: String, _ path: String) -> JournalError {
        let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
        let advice =
            switch errno {
            case ENOSPC, EDQUOT: "; free space on its volume"
            case EACCES, EPERM, EROFS: "; give this process's user the right to write there"
            case EMFILE, ENFILE: "; raise the limit of open files"
            default: ""
            }
        return JournalError(
            .disk, "\(operation) \(path): \(reason) (errno \(errno))\(advice)",
            fault: Fault(errno: errno, operation: operation, path: path))
    }

    /// A journal held by somebody else, for implementations of `Disk`.
    public static func locked(_ path: String) -> JournalError {
        JournalError(.locked, "\(path) is held by a running process: stop it first")
    }

    /// Bytes that are not what was written.
    static func corrupt(
        _ path: String, at offset: UInt64, expected: String, found: String
    ) -> JournalError {
        let damage = JournalDamage(path: path, offset: offset, expected: expected, found: found)
        return JournalError(
            .corrupt,
            "\(damage). Nothing was changed; keep a copy of the directory before anything else",
            damage: damage)
    }
}
