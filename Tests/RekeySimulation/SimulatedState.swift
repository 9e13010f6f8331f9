// The inside of a simulated disk: files by number, names as seen and as durable. Not for tests to use.
import Glibc

/// All under SimulatedDisk's lock.
struct SimulatedState {
    /// A change of names that a directory has not synced yet.
    enum NameChange {
        case link(String, Int)
        case unlink(String)
        case rename(String, String, Int)
    }

    var files: [Int: SimulatedFile] = [:]
    var names: [String: Int] = [:]
    var durableNames: [String: Int] = [:]
    /// By directory of the (new) name, in order.
    var unsyncedNames: [String: [NameChange]] = [:]
    var directories: Set<String> = []
    var locked: Set<String> = []
    var open: [Int32: Int] = [:]
    var locks: [Int32: String] = [:]
    var nextNumber = 0
    var recording: [DiskChange]?
    var nextDescriptor: Int32 = 3
    var isOff = false
    var operations = 0
    var powerOffAt = Int.max
    var capacity = Int.max
    var failures: [(operation: SimulatedDisk.Operation, after: Int, errno: Int32)] = []

    static func directory(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
    }

    /// Counts a step; nil, or the errno it has to fail with.
    mutating func failure(of operation: SimulatedDisk.Operation) -> Int32? {
        operations += 1
        if operations >= powerOffAt { isOff = true }
        if isOff { return EIO }
        for index in failures.indices where failures[index].operation == operation {
            failures[index].after -= 1
            guard failures[index].after < 0 else { continue }
            return failures.remove(at: index).errno
        }
        return nil
    }

    var bytesUsed: Int { names.values.reduce(0) { $0 + (files[$1]?.content.count ?? 0) } }

    /// An empty file, and its number.
    mutating func create(_ path: String) -> Int {
        let number = nextNumber
        nextNumber += 1
        files[number] = SimulatedFile()
        change(.link(path, number), in: path)
        recording?.append(.create(path, file: number))
        return number
    }

    mutating func change(_ change: NameChange, in path: String) {
        Self.apply(change, to: &names)
        unsyncedNames[Self.directory(of: path), default: []].append(change)
    }

    mutating func syncNames(of directory: String) {
        for change in unsyncedNames.removeValue(forKey: directory) ?? [] {
            Self.apply(change, to: &durableNames)
        }
    }

    mutating func descriptor(for number: Int) -> Int32 {
        nextDescriptor += 1
        open[nextDescriptor] = number
        return nextDescriptor
    }

    /// Every unsynced change of a name is kept or dropped on its own; a rename is atomic.
    func afterCrash(keeping generator: inout some RandomNumberGenerator) -> SimulatedState {
        var survivor = SimulatedState()
        survivor.directories = directories
        survivor.names = durableNames
        for (_, changes) in unsyncedNames.sorted(by: { $0.key < $1.key }) {
            for change in changes where Bool.random(using: &generator) {
                Self.apply(change, to: &survivor.names)
            }
        }
        survivor.durableNames = survivor.names
        for (_, number) in survivor.names.sorted(by: { $0.key < $1.key }) {
            survivor.files[number] = files[number]?.afterCrash(keeping: &generator)
        }
        survivor.nextNumber = nextNumber
        return survivor
    }

    private static func apply(_ change: NameChange, to names: inout [String: Int]) {
        switch change {
        case .link(let path, let number): names[path] = number
        case .unlink(let path): names[path] = nil
        case .rename(let old, let new, let number):
            names[old] = nil
            names[new] = number
        }
    }
}
