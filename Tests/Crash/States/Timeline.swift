// Puts a recording in an order that the scheduler has no part in. Next to the thread that is driven
// runs the one that prepares the next segment; what it did is spread, by the seed, over the time in
// which it can have happened: after the batch that passed the middle of the segment, before the
// segment is given its header.
import RekeySimulation

/// Orders recordings.
enum Timeline {
    /// The boundary between two openings.
    static let session = -1

    /// The same changes; those of a segment that never got its header are left out on demand.
    static func ordered(
        _ changes: [DiskChange], seed: UInt64, keepingUnused: Bool
    ) -> [DiskChange] {
        var generator = SeededGenerator(seed: seed)
        var changes = changes
        let prepared = changes.compactMap { change -> Int? in
            guard case .create(let path, let file) = change else { return nil }
            return path.hasSuffix("/next.tmp") ? file : nil
        }
        for file in prepared {
            let own = places(of: file, in: changes)
            let isUsed = own.count > preparing(own, changes)
            var steps = Array(own.prefix(preparing(own, changes)))
            let header = own.dropFirst(steps.count).first
            if let sync = steps.last, let name = naming(after: sync, before: header, changes) {
                steps.append(name)
            }
            let moved = steps.map { changes[$0] }
            guard let begin = steps.first else { continue }
            for place in steps.reversed() { changes.remove(at: place) }
            guard isUsed || keepingUnused else { continue }
            let window = window(
                around: begin, header: header, moved, changes,
                segments: Set(prepared))
            let targets = moved.map { _ in Int.random(in: window, using: &generator) }.sorted()
            for (change, target) in zip(moved, targets).reversed() {
                changes.insert(change, at: target)
            }
        }
        return numbered(changes)
    }

    /// Where the preparing thread made the new file's name durable. What follows a removal belongs to
    /// the pruning of segments.
    private static func naming(after sync: Int, before header: Int?, _ changes: [DiskChange])
        -> Int?
    {
        (sync + 1..<(header ?? changes.count)).first { place in
            guard case .syncDirectory(let path) = changes[place], path.hasSuffix("/log") else {
                return false
            }
            if case .unlink(let removed) = changes[place - 1] { return !removed.contains("/log/") }
            return true
        }
    }

    /// New files numbered in the order in which they now appear.
    private static func numbered(_ changes: [DiskChange]) -> [DiskChange] {
        let created = changes.compactMap { change -> Int? in
            if case .create(_, let file) = change { file } else { nil }
        }
        let numbers = Dictionary(uniqueKeysWithValues: zip(created, created.sorted()))
        return changes.map { change in
            switch change {
            case .create(let path, let file): .create(path, file: numbers[file] ?? file)
            case .write(let file, let offset, let bytes):
                .write(file: numbers[file] ?? file, offset: offset, bytes: bytes)
            case .sync(let file): .sync(file: numbers[file] ?? file)
            default: change
            }
        }
    }

    private static func places(of file: Int, in changes: [DiskChange]) -> [Int] {
        changes.indices.filter {
            switch changes[$0] {
            case .create(_, file), .sync(file): true
            case .write(let written, _, _): written == file
            default: false
            }
        }
    }

    /// How many of a segment's own changes prepare it: all to its first sync.
    private static func preparing(_ own: [Int], _ changes: [DiskChange]) -> Int {
        let sync = own.firstIndex { if case .sync = changes[$0] { true } else { false } }
        return sync.map { $0 + 1 } ?? own.count
    }

    /// Where the steps may go among the other changes.
    private static func window(
        around begin: Int, header: Int?, _ moved: [DiskChange], _ others: [DiskChange],
        segments: Set<Int>
    ) -> ClosedRange<Int> {
        let bytes = moved.reduce(0) {
            guard case .write(_, let offset, let bytes) = $1 else { return $0 }
            return max($0, offset + bytes.count)
        }
        let end =
            header.map { $0 - moved.count }
            ?? others[min(begin, others.count)...].firstIndex(where: isSession) ?? others.count
        var first = end
        var isPastMiddle: Set<Int> = []
        for place in (sessionStart(before: end, others))..<end {
            switch others[place] {
            case .write(let file, let offset, let written)
            where segments.contains(file) && written.starts(with: "RKYB".utf8)
                && offset + written.count > bytes / 2:
                isPastMiddle.insert(file)
            case .sync(let file) where isPastMiddle.contains(file):
                first = min(first, place + 1)
            case .rename(let old, _) where old.hasSuffix("/next.tmp"):
                isPastMiddle = []
                first = end
            default: break
            }
        }
        return first...end
    }

    private static func sessionStart(before end: Int, _ changes: [DiskChange]) -> Int {
        changes[..<end].lastIndex(where: isSession) ?? 0
    }

    private static func isSession(_ change: DiskChange) -> Bool {
        if case .note(session) = change { true } else { false }
    }
}
