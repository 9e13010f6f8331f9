// What is surely on the disk and what is on its way there, as strictly as POSIX allows: syncing a file
// makes its bytes durable and not its name; syncing a directory makes its names durable, those of new
// directories too. Plays a recording forward, and makes the disk that a power cut would leave.
import RekeySimulation

/// A disk at one moment of a recording.
struct CrashModel {
    /// A name's meaning.
    enum Node {
        case directory
        case file(Int)
    }

    /// A change of names that is not durable yet.
    enum NameChange {
        case add(String, Node)
        case remove(String)
        case move(String, String, Node)
    }

    /// At most 64 sectors, so that a mask says which survive; longer writes are several.
    struct PendingWrite {
        let offset: Int
        let bytes: ArraySlice<UInt8>

        var sectors: Int { (bytes.count + sectorBytes - 1) / sectorBytes }
        var mask: UInt64 { sectors == 64 ? .max : 1 << UInt64(sectors) - 1 }
    }

    struct File {
        var durable: [UInt8] = []
        var digest = Digest([])
        var pending: [PendingWrite] = []
    }

    static let sectorBytes = 512

    private var files: [Int: File] = [:]
    private var seen: [String: Node] = [:]
    private var durable: [String: Node] = [:]
    private var nextNumber = 0
    /// Not durable yet, in order, with the directory whose sync makes them so.
    private(set) var pendingNames: [(directory: String, change: NameChange)] = []
    /// Files with pending writes, ascending.
    private(set) var dirtyFiles: [Int] = []

    init() {}

    /// A disk on which all of `image` is durable, numbered as `SimulatedDisk` will number new files.
    init(_ state: CrashState) {
        for path in state.directories { durable[path] = .directory }
        for (number, file) in state.files.enumerated() {
            durable[file.path] = .file(number)
            files[number] = File(durable: file.bytes, digest: file.digest)
        }
        nextNumber = state.files.count
        seen = durable
    }

    /// The moment as the next process finds it while the machine goes on: all that programs see, and
    /// this model with its files numbered as a disk made from that image numbers them.
    func killed() -> (image: DiskImage, model: CrashModel) {
        var image = DiskImage()
        var numbers: [Int: Int] = [:]
        for (path, node) in seen.sorted(by: { $0.key < $1.key }) {
            guard case .file(let number) = node else {
                image.directories.insert(path)
                continue
            }
            numbers[number] = numbers.count
            image.files[path] = written(to: number)
        }
        // Below zero: files that no name leads to any more, though one may be back after a crash.
        return (image, renumbered { numbers[$0] ?? -1 - $0 })
    }

    private func written(to number: Int) -> [UInt8] {
        var bytes = files[number]?.durable ?? []
        for write in files[number]?.pending ?? [] { Survivors.Write.kept.apply(write, to: &bytes) }
        return bytes
    }

    private func renumbered(_ number: (Int) -> Int) -> CrashModel {
        func renumbered(_ node: Node) -> Node {
            if case .file(let old) = node { .file(number(old)) } else { node }
        }
        var model = self
        model.files = Dictionary(uniqueKeysWithValues: files.map { (number($0), $1) })
        model.dirtyFiles = dirtyFiles.map(number).sorted()
        model.seen = seen.mapValues(renumbered)
        model.durable = durable.mapValues(renumbered)
        model.pendingNames = pendingNames.map { directory, change in
            switch change {
            case .add(let path, let node): (directory, .add(path, renumbered(node)))
            case .remove: (directory, change)
            case .move(let old, let new, let node): (directory, .move(old, new, renumbered(node)))
            }
        }
        return model
    }

    var pendingWrites: [PendingWrite] { dirtyFiles.flatMap { files[$0]?.pending ?? [] } }

    mutating func apply(_ change: DiskChange) {
        switch change {
        case .makeDirectory(let path): rename(.add(path, .directory), in: path)
        case .create(let path, let file):
            files[file] = File()
            rename(.add(path, .file(file)), in: path)
        case .write(let file, let offset, let bytes): write(bytes, at: offset, to: file)
        case .sync(let file): sync(file)
        case .rename(let old, let new):
            if let node = seen[old] { rename(.move(old, new, node), in: new) }
        case .unlink(let path): rename(.remove(path), in: path)
        case .syncDirectory(let path): syncNames(of: Self.resolved(path))
        case .note: break
        }
    }

    /// The disk after a power cut now.
    func state(_ survivors: Survivors) -> CrashState {
        var names = durable
        for (pending, isKept) in zip(pendingNames, survivors.names) where isKept {
            Self.apply(pending.change, to: &names)
        }
        var state = CrashState()
        for (path, node) in names.sorted(by: { $0.key < $1.key }) {
            guard Self.isReachable(path, names) else { continue }
            switch node {
            case .directory: state.add(directory: path)
            case .file(let number): state.add(file: path, content(of: number, survivors))
            }
        }
        return state
    }

    private func content(of number: Int, _ survivors: Survivors) -> (bytes: [UInt8], Digest) {
        guard let file = files[number] else { return ([], Digest([])) }
        guard !file.pending.isEmpty else { return (file.durable, file.digest) }
        var first = 0
        for dirty in dirtyFiles where dirty < number { first += files[dirty]?.pending.count ?? 0 }
        var bytes = file.durable
        for (index, write) in file.pending.enumerated() {
            survivors.writes[first + index].apply(write, to: &bytes)
        }
        return (bytes, Digest(bytes))
    }

    private mutating func write(_ bytes: [UInt8], at offset: Int, to file: Int) {
        let piece = 64 * Self.sectorBytes
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let slice = bytes[start..<min(start + piece, bytes.count)]
            files[file]?.pending.append(PendingWrite(offset: offset + start, bytes: slice))
        }
        if !dirtyFiles.contains(file) { dirtyFiles = (dirtyFiles + [file]).sorted() }
    }

    private mutating func sync(_ number: Int) {
        guard var file = files.removeValue(forKey: number) else { return }
        for write in file.pending { Survivors.Write.kept.apply(write, to: &file.durable) }
        if !file.pending.isEmpty { file.digest = Digest(file.durable) }
        file.pending = []
        files[number] = file
        dirtyFiles.removeAll { $0 == number }
    }

    private mutating func rename(_ change: NameChange, in path: String) {
        Self.apply(change, to: &seen)
        pendingNames.append((Self.parent(of: path), change))
    }

    private mutating func syncNames(of directory: String) {
        for pending in pendingNames where pending.directory == directory {
            Self.apply(pending.change, to: &durable)
        }
        pendingNames.removeAll { $0.directory == directory }
    }

    private static func apply(_ change: NameChange, to names: inout [String: Node]) {
        switch change {
        case .add(let path, let node): names[path] = node
        case .remove(let path): names[path] = nil
        case .move(let old, let new, let node):
            names[old] = nil
            names[new] = node
        }
    }

    private static func isReachable(_ path: String, _ names: [String: Node]) -> Bool {
        var parent = parent(of: path)
        while parent != "." {
            guard names[parent] != nil else { return false }
            parent = Self.parent(of: parent)
        }
        return true
    }

    private static func parent(of path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[..<$0]) } ?? "."
    }

    private static func resolved(_ path: String) -> String {
        path.hasSuffix("/..") ? parent(of: String(path.dropLast(3))) : path
    }
}
