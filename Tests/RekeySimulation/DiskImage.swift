// All that a disk holds, as a value: to compare, to alter, and to make a disk from. For tests only.

/// Directories, and files with their content, by path.
public struct DiskImage: Sendable, Equatable {
    public var directories: Set<String>
    public var files: [String: [UInt8]]

    public init(directories: Set<String> = [], files: [String: [UInt8]] = [:]) {
        self.directories = directories
        self.files = files
    }
}
