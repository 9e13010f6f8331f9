// What a program did to a simulated disk, for whoever replays it step by step. For tests only.

/// One change, as it was asked for. Files are numbers, since names come and go.
public enum DiskChange: Sendable {
    case makeDirectory(String)
    case create(String, file: Int)
    case write(file: Int, offset: Int, bytes: [UInt8])
    /// `fsync` or `fdatasync`.
    case sync(file: Int)
    case rename(String, to: String)
    case unlink(String)
    case syncDirectory(String)
    /// No change: a note of whoever records, at its place among the changes.
    case note(Int)
}
