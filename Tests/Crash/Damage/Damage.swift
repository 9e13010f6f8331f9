// Everything that can happen to bytes that nobody wrote, one at a time. Pure.
import RekeySimulation

/// One damage.
enum Damage: Sendable {
    case flip(String, byte: Int, bit: Int)
    case zero(String, byte: Int)
    case flipBlock(String, bytes: Int, index: Int, bit: Int)
    case zeroBlock(String, bytes: Int, index: Int)
    case copyBlock(String, bytes: Int, from: Int, to: Int)
    case swapBlocks(String, bytes: Int, Int, Int)
    case truncate(String, length: Int)
    case remove(String)
    /// What the one file holds, under the other's name too.
    case copyFile(String, over: String)
    case swapFiles(String, String)
    /// A file that pruning had removed is back.
    case putBack(String)
    /// A block as the same store wrote it when it went on otherwise from an earlier state.
    case replaceBlock(String, index: Int, from: [UInt8])

    /// The file it is counted under.
    var path: String {
        switch self {
        case .flip(let path, _, _), .zero(let path, _), .flipBlock(let path, _, _, _),
            .zeroBlock(let path, _, _), .copyBlock(let path, _, _, _),
            .swapBlocks(let path, _, _, _), .truncate(let path, _), .remove(let path),
            .copyFile(_, over: let path), .swapFiles(let path, _), .putBack(let path),
            .replaceBlock(let path, _, _):
            path
        }
    }

    func apply(to image: inout DiskImage, pruned: [String: [UInt8]]) {
        switch self {
        case .flip(let path, let byte, let bit): image.files[path]?[byte] ^= 1 << bit
        case .zero(let path, let byte): image.files[path]?[byte] = 0
        case .flipBlock(let path, let bytes, let index, let bit):
            image.files[path]?[index * bytes + bit / 8] ^= 1 << (bit % 8)
        case .zeroBlock(let path, let bytes, let index):
            let range = index * bytes..<(index + 1) * bytes
            image.files[path]?.replaceSubrange(range, with: [UInt8](repeating: 0, count: bytes))
        case .copyBlock(let path, let bytes, let from, let to):
            guard let file = image.files[path] else { return }
            image.files[path]?.replaceSubrange(
                to * bytes..<(to + 1) * bytes, with: file[from * bytes..<(from + 1) * bytes])
        case .swapBlocks(let path, let bytes, let first, let second):
            guard let file = image.files[path] else { return }
            let (one, other) = (
                first * bytes..<(first + 1) * bytes, second * bytes..<(second + 1) * bytes
            )
            image.files[path]?.replaceSubrange(one, with: file[other])
            image.files[path]?.replaceSubrange(other, with: file[one])
        case .truncate(let path, let length):
            image.files[path] = image.files[path].map { Array($0.prefix(length)) }
        case .remove(let path): image.files[path] = nil
        case .copyFile(let path, let other): image.files[other] = image.files[path]
        case .swapFiles(let first, let second):
            let content = image.files[first]
            image.files[first] = image.files[second]
            image.files[second] = content
        case .putBack(let path): image.files[path] = pruned[path]
        case .replaceBlock(let path, let index, let block):
            image.files[path]?.replaceSubrange(index * 4096..<(index + 1) * 4096, with: block)
        }
    }

    /// All damages to a specimen.
    static func all(
        of specimen: Specimen, _ generator: inout SeededGenerator, everything: Bool
    ) -> [Damage] {
        guard specimen.fork.isEmpty else { return otherBlocks(specimen) }
        var damages: [Damage] = []
        var flips: [Damage] = []
        let files = specimen.image.files.sorted {
            ($0.value.count, $1.key) < ($1.value.count, $0.key)
        }
        for (path, bytes) in files {
            for size in [512, 4096] {
                damages += blocks(
                    of: path, bytes, size, swaps: everything ? .max : 6, &generator)
            }
            for length in stride(from: 0, to: bytes.count, by: 512) {
                damages.append(.truncate(path, length: length))
            }
            for _ in 0..<min(bytes.count, 64) {
                let length = Int.random(in: 0..<bytes.count, using: &generator)
                damages.append(.truncate(path, length: length))
            }
            damages.append(.remove(path))
            for (byte, value) in bytes.enumerated() {
                let bit = Int.random(in: 0..<8, using: &generator)
                flips.append(.flip(path, byte: byte, bit: bit))
                if value != 0 { flips.append(.zero(path, byte: byte)) }
            }
        }
        return wholeFiles(specimen) + damages + flips
    }

    private static func otherBlocks(_ specimen: Specimen) -> [Damage] {
        specimen.fork.sorted { $0.key < $1.key }.flatMap { path, other -> [Damage] in
            let own = specimen.image.files[path] ?? []
            return (0..<min(own.count, other.count) / 4096).compactMap { index in
                let block = other[index * 4096..<(index + 1) * 4096]
                guard own[index * 4096..<(index + 1) * 4096] != block else { return nil }
                return .replaceBlock(path, index: index, from: Array(block))
            }
        }
    }

    private static func blocks(
        of path: String, _ bytes: [UInt8], _ size: Int, swaps: Int,
        _ generator: inout SeededGenerator
    ) -> [Damage] {
        let count = bytes.count / size
        var damages: [Damage] = []
        for index in 0..<count {
            let bit = Int.random(in: 0..<8 * size, using: &generator)
            damages.append(.flipBlock(path, bytes: size, index: index, bit: bit))
            damages.append(.zeroBlock(path, bytes: size, index: index))
            if index > 0 {
                damages.append(.copyBlock(path, bytes: size, from: index, to: index - 1))
                damages.append(.copyBlock(path, bytes: size, from: index - 1, to: index))
            }
            for other in (index + 1..<max(count, index + 1)).shuffled(using: &generator)
                .prefix(size == 4096 ? .max : swaps)
            {
                damages.append(.swapBlocks(path, bytes: size, index, other))
            }
        }
        return damages
    }

    private static func wholeFiles(_ specimen: Specimen) -> [Damage] {
        let logs = specimen.files(.log)
        let checkpoints = specimen.files(.checkpoint)
        var damages = specimen.pruned.keys.sorted().map { Damage.putBack($0) }
        for files in [logs, checkpoints] {
            for (index, path) in files.enumerated() {
                for other in files[(index + 1)...] { damages.append(.swapFiles(path, other)) }
                for other in files where other != path {
                    damages.append(.copyFile(path, over: other))
                }
            }
        }
        if let last = logs.last { damages.append(.copyFile(last, over: specimen.nextSegment)) }
        if let first = logs.first { damages.append(.copyFile(first, over: specimen.nextSegment)) }
        return damages
    }
}
