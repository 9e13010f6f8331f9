// One place where the disk does not hold what was written there, for whoever lists them.

/// Where, what must be there, and what is.
public struct JournalDamage: Sendable, Equatable, CustomStringConvertible {
    public let path: String
    /// In bytes, from the beginning of the file.
    public let offset: UInt64
    public let expected: String
    public let found: String

    public init(path: String, offset: UInt64, expected: String, found: String) {
        self.path = path
        self.offset = offset
        self.expected = expected
        self.found = found
    }

    public var description: String {
        "\(path) is damaged at byte \(offset): expected \(expected), found \(found)"
    }
}
