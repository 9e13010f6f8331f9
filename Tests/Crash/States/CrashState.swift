// What a power cut left: the disk that the next start finds. Pure.
import RekeySimulation

/// A disk of which everything is durable, and its fingerprint.
struct CrashState {
    private(set) var directories: [String] = []
    private(set) var files: [(path: String, bytes: [UInt8], digest: Digest)] = []
    private(set) var digest = Digest.none

    mutating func add(directory path: String) {
        directories.append(path)
        digest.add(.entry(Digest(path), .none))
    }

    mutating func add(file path: String, _ content: (bytes: [UInt8], digest: Digest)) {
        files.append((path, content.bytes, content.digest))
        digest.add(.entry(Digest(path), content.digest))
    }

    var image: DiskImage {
        DiskImage(
            directories: Set(directories),
            files: Dictionary(uniqueKeysWithValues: files.map { ($0.path, $0.bytes) }))
    }
}
