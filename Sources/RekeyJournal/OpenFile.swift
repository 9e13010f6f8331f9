// A file in use. The disk that opened it gives the number its meaning.

/// An open file: the disk's number for it, and its path for errors.
public struct OpenFile: Sendable {
    public let descriptor: Int32
    public let path: String
    /// Whether reads come from the disk itself. After a failed sync the page cache shows what the disk
    /// never got.
    public let isPastCache: Bool

    /// For implementations of `Disk`.
    public init(descriptor: Int32, path: String, isPastCache: Bool = false) {
        self.descriptor = descriptor
        self.path = path
        self.isPastCache = isPastCache
    }
}
