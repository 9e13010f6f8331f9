// A look at a whole journal, for people: every file, every batch, every damage, in the order of the
// disk. Changes nothing, repairs nothing, and goes on behind a damage as far as there is a valid batch
// to go on from. `rekeyd journal` comes in; it may do so only while no process has the journal open.
import Glibc

/// An inspection; the journal stays locked until it is gone, so that nothing moves under it.
public final class JournalInspection {
    public static let formatVersion = Format.version

    public let directory: String
    public let storeID: StoreID
    /// Of all files that the two walks read.
    public let bytes: UInt64
    private let disk: any Disk
    private let layout: Layout
    private let reader: BatchReader
    private let lock: OpenFile?
    /// The newest checkpoint that holds, once the checkpoints have been walked.
    private var newestCheckpoint: UInt64??

    /// Throws `.notFound`, `.locked`, `.unknownVersion` or `.corrupt` for a manifest that does not
    /// hold: without its store id no other file can be judged.
    public init(directory: String, disk: any Disk) throws(JournalError) {
        self.directory = directory
        layout = Layout(directory: directory)
        self.disk = disk
        try Journal.requireManifest(layout, disk)
        let lock = try Self.lock(layout, disk)
        do throws(JournalError) {
            storeID = try Manifest.read(from: layout, on: disk).storeID
            reader = BatchReader(disk: disk, storeID: storeID)
            bytes = try Self.bytes(layout, disk)
            self.lock = lock
        } catch {
            if let lock { disk.close(lock) }
            throw error
        }
    }

    deinit {
        if let lock { disk.close(lock) }
    }

    /// Every checkpoint, oldest first. What `visit` throws ends the walk with `.replayRefused` and is
    /// its cause.
    public func walkCheckpoints(
        _ visit: (InspectedItem) throws -> Void
    ) throws(JournalError) {
        let checkpoints = CheckpointReader(reader: reader, layout: layout)
        newestCheckpoint = .some(nil)
        for sequence in try layout.checkpointSequences(on: disk) {
            let path = layout.checkpoint(sequence)
            let name = layout.name(path)
            try begin(path, visit)
            let isWhole = try noting(visit) { () throws(JournalError) in
                try checkpoints.readBatches(sequence) {
                    (batch, digest, payload, offset) throws(JournalError) in
                    try Self.hand(batch, digest, payload, name, offset, visit)
                }
            }
            if isWhole { newestCheckpoint = sequence }
        }
    }

    /// Every segment, and what lies behind the last batch. Whether the log begins early enough is
    /// judged only when the checkpoints were walked before. `visit` as above.
    public func walkLog(_ visit: (InspectedItem) throws -> Void) throws(JournalError) {
        var walk = LogWalk(
            segments: SegmentReader(reader: reader, layout: layout), layout: layout,
            checkpointsStated: try layout.checkpointSequences(on: disk).last ?? 0)
        let numbers = try layout.segments(on: disk)
        if numbers.isEmpty {
            try Self.damage(layout.log, 0, "a segment", "none", visit)
        }
        for number in numbers {
            try begin(layout.segment(number), visit)
            try walk.segment(
                number, isLast: number == numbers.last, newestCheckpoint: newestCheckpoint, visit)
        }
    }

    private func begin(
        _ path: String, _ visit: (InspectedItem) throws -> Void
    ) throws(JournalError) {
        let bytes = try Self.size(path, disk)
        try Recovery.handingOver { try visit(.file(name: layout.name(path), bytes: bytes)) }
    }

    /// Runs `body`; false when it met a damage, which is then visited.
    private func noting(
        _ visit: (InspectedItem) throws -> Void, _ body: () throws(JournalError) -> Void
    ) throws(JournalError) -> Bool {
        do throws(JournalError) {
            try body()
            return true
        } catch {
            guard let damage = error.damage else { throw error }
            try Recovery.handingOver { try visit(.damage(damage)) }
            return false
        }
    }

    static func hand(
        _ batch: BatchHeader, _ digest: UInt64, _ payload: UnsafeRawBufferPointer, _ name: String,
        _ offset: UInt64, _ visit: (InspectedItem) throws -> Void
    ) throws(JournalError) {
        try Recovery.handingOver {
            try visit(
                .batch(
                    InspectedBatch(
                        batch, digest: digest, payload: payload, file: name, offset: offset)))
        }
    }

    static func damage(
        _ path: String, _ offset: UInt64, _ expected: String, _ found: String,
        _ visit: (InspectedItem) throws -> Void
    ) throws(JournalError) {
        let damage = JournalDamage(path: path, offset: offset, expected: expected, found: found)
        try Recovery.handingOver { try visit(.damage(damage)) }
    }

    /// A copy without a lock file, or on a read-only file system, is in nobody's use.
    private static func lock(
        _ layout: Layout, _ disk: any Disk
    ) throws(JournalError) -> OpenFile? {
        guard try disk.list(layout.directory).contains("lock") else { return nil }
        do throws(JournalError) {
            return try disk.lock(layout.lock)
        } catch {
            guard error.fault?.errno == EROFS else { throw error }
            return nil
        }
    }

    private static func bytes(_ layout: Layout, _ disk: any Disk) throws(JournalError) -> UInt64 {
        var bytes: UInt64 = 0
        for number in try layout.segments(on: disk) {
            bytes += try size(layout.segment(number), disk)
        }
        for sequence in try layout.checkpointSequences(on: disk) {
            bytes += try size(layout.checkpoint(sequence), disk)
        }
        return bytes
    }

    private static func size(_ path: String, _ disk: any Disk) throws(JournalError) -> UInt64 {
        try disk.withFile(path, .read) { (file) throws(JournalError) in try disk.size(of: file) }
    }
}

extension Layout {
    /// A path without the journal's directory.
    func name(_ path: String) -> String { String(path.dropFirst(directory.count + 1)) }
}
