// The one error of this module. Everybody in it throws it; nothing of a record's bytes may enter it.

/// Why the journal refused or failed: a code to act on, a message that says what to do, and for a
/// failed system call its `errno`, operation and path.
public struct JournalError: Error, Sendable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// `create` where a journal, or what may be left of one, already is.
        case alreadyExists
        /// No journal in this directory.
        case notFound
        /// Another process, or another opening in this one, holds the journal.
        case locked
        /// Written by another version of the format. Nothing was written.
        case unknownVersion
        /// The caller's tag is not the one in the manifest. Nothing was written.
        case otherTag
        /// The bytes on the disk are not what was written there. Nothing was written.
        case corrupt
        /// A system call failed; `fault` says which.
        case disk
        /// The caller's `restore` or `replay` threw; `cause` is what it threw.
        case replayRefused
        /// The open batch is full while another is in flight: try again later.
        case overloaded
        /// The disk has no room for another segment: nothing was added. Writing goes on by itself when
        /// there is room again.
        case full
        /// A record or chunk beyond what a batch holds.
        case tooLarge
        /// The journal died before the batch was known to be durable: it may or may not be on the disk.
        case outcomeUnknown
        /// A write or sync failed earlier; the process has to end.
        case dead
        /// After `close`.
        case closed
        /// A checkpoint at a sequence that is not durable, or while another is being written.
        case checkpointRefused
    }

    /// A system call that failed.
    public struct Fault: Sendable, Equatable {
        /// The C library's error number.
        public let errno: Int32
        /// The name of the system call.
        public let operation: String
        public let path: String
    }

    public let code: Code
    public let message: String
    public let fault: Fault?
    public let cause: (any Error)?
    /// With `.corrupt`: where.
    public let damage: JournalDamage?

    public var description: String { message }

    init(
        _ code: Code, _ message: String, fault: Fault? = nil, cause: (any Error)? = nil,
        damage: JournalDamage? = nil
    ) {
        self.code = code
        self.message = message
        self.fault = fault
        self.cause = cause
        self.damage = damage
    }
}
