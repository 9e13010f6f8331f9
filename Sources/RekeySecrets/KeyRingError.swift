// What can be wrong with a key file, told to an operator.

/// Why a key file cannot be used, and what to do about it. Never holds a byte of a key.
public struct KeyRingError: Error, Equatable, Sendable, CustomStringConvertible {
    public enum Problem: Equatable, Sendable {
        /// Something is there already, and a ring is never overwritten.
        case exists
        /// A system call failed: its name and its `errno`.
        case system(call: String, errno: Int32)
        /// Its file system knows none (link(2), EPERM), so most likely no modes either.
        case noHardLinks
        case notARegularFile
        /// Group or others can read or write it (R49): its permission bits.
        case exposed(mode: UInt32)
        /// It belongs to neither the running user nor root: the owner's user id.
        case foreignOwner(UInt32)
        case tooLarge
        /// Not this version's first line.
        case version
        /// A line, counted from 1, that is not as the format wants it.
        case malformed(line: Int)
        /// A purpose without a key.
        case missing(KeyPurpose)
    }

    public let path: String
    public let problem: Problem

    public var description: String { "key ring \(path): \(problem.text)" }
}

extension KeyRingError.Problem {
    fileprivate var text: String {
        switch self {
        case .exists:
            "is there already and is never overwritten; choose another path or move it away"
        case .system(let call, let errno):
            "\(call) failed with errno \(errno); check the path and the rights of the running user"
        case .noHardLinks:
            "is on a file system that has no hard links, like FAT, and could not keep others from "
                + "reading it; choose a path on one of Linux's own"
        case .notARegularFile:
            "is not a regular file; name the file that holds the keys"
        case .exposed(let mode):
            """
            has mode \(String(mode, radix: 8)), so group or others can use it; run chmod 600, and \
            replace the keys if somebody may have read them
            """
        case .foreignOwner(let owner):
            "belongs to user \(owner); chown it to the user that runs the service, or to root"
        case .tooLarge:
            "is larger than \(KeyFile.byteCountMax) bytes and so is no key ring; check the path"
        case .version:
            "is not a key ring of version 1 or 2; check the path, or use the release that wrote it"
        case .malformed(let line):
            "line \(line) is damaged; restore the file from its copy"
        case .missing(let purpose):
            "has no key for \(purpose.rawValue); restore the file from its copy"
        }
    }
}
