// From a directory to a state: newest valid checkpoint, then every batch after it, in order. Reading
// comes first and changes nothing; only when all of it has been judged is anything written.
//
// 1 checkpoints   newest that verifies; restored chunk by chunk
// 2 segments      numbers without gaps, headers valid, the first begins at or before the checkpoint
// 3 batches       each follows the one before; those after the checkpoint are replayed
// 4 tail          TornTail.judge; damage throws here
// 5 acceptance    the owner may still refuse, by what it has read
// 6 repair        temp files removed, damaged checkpoints and a torn tail into quarantine

/// One opening of a journal that exists; the caller holds its lock.
struct Recovery {
    typealias Restore = (UnsafeRawBufferPointer) throws -> Void
    typealias Replay = (UInt64, UnsafeRawBufferPointer) throws -> Void
    typealias Progress = (_ done: UInt64, _ total: UInt64) -> Void

    /// Where the log ends and the writer begins.
    struct End {
        var cursor: LogCursor
        var segment: FileHeader
        var position: UInt64
        var bytesSinceCheckpoint: UInt64
        var report: RecoveryReport
        /// What lies behind `position`; clean or torn.
        var tail: TailFacts
        /// The segment still has the name of one being prepared: a crash came between the seal before
        /// it and its renaming.
        var isUnnamed = false

        /// No writer of ours fills a segment without sealing it; one that is full could not be sealed.
        var hasRoomForSeal: Bool { position + UInt64(Format.blockBytes) <= segment.fileBytes }
    }

    let disk: any Disk
    let layout: Layout
    let storeID: StoreID
    private let reader: BatchReader
    private var report = RecoveryReport()
    private var damagedCheckpoints: [UInt64] = []
    private var checkpointsStated: UInt64 = 0
    private var bytesSinceCheckpoint: UInt64 = 0

    init(disk: any Disk, layout: Layout, storeID: StoreID) {
        self.disk = disk
        self.layout = layout
        self.storeID = storeID
        reader = BatchReader(disk: disk, storeID: storeID)
    }

    mutating func run(
        restore: Restore, replay: Replay, accept: () throws -> Void, progress: @escaping Progress
    ) throws(JournalError) -> End {
        // A process that was killed may have left names that nobody has synced.
        for directory in [layout.directory, layout.log] {
            try disk.syncDirectory(directory, .readNameSync)
        }
        let total = try bytesToRead()
        reader.onRead = { progress(min($0, total), total) }
        defer { reader.onRead = { _ in } }
        try restoreNewestCheckpoint(restore)
        let segments = try readSegmentHeaders()
        var end = try readFirst(of: segments, replay)
        for header in segments.dropFirst() {
            guard end.cursor.isContinued(by: header) else {
                throw .corrupt(
                    layout.segment(header.number), at: 32,
                    expected: "the segment after batch \(end.cursor.sequence)",
                    found: "the one before batch \(header.firstSequence)")
            }
            end = try readSegment(header, from: end.cursor, isLast: header == segments.last, replay)
        }
        if end.cursor.kind == .seal { try beginUnnamed(&end) }
        guard end.hasRoomForSeal else {
            throw .corrupt(
                layout.segment(end.segment.number), at: end.position,
                expected: "room for a seal", found: "the end of the segment")
        }
        try Self.handingOver(accept)
        try repair(&end)
        return end
    }

    private func beginUnnamed(_ end: inout End) throws(JournalError) {
        let number = end.segment.number + 1
        let header = try SegmentReader(reader: reader, layout: layout)
            .unnamed(number, after: end.cursor)
        end.segment = header
        end.position = UInt64(Format.blockBytes)
        end.cursor.kind = nil
        end.tail.last = end.cursor
        end.tail.offset = end.position
        end.isUnnamed = true
    }

    /// What an undamaged journal comes to: the newest checkpoint twice, and all segments.
    private func bytesToRead() throws(JournalError) -> UInt64 {
        let checkpoints = try layout.checkpointSequences(on: disk).suffix(1)
        let segments = try layout.segments(on: disk)
        var total: UInt64 = 0
        for path in checkpoints.map(layout.checkpoint) {
            total += 2 * (try size(of: path))
        }
        for path in segments.map(layout.segment) { total += try size(of: path) }
        return total
    }

    private func size(of path: String) throws(JournalError) -> UInt64 {
        try disk.withFile(path, .read) { (file) throws(JournalError) in try disk.size(of: file) }
    }

    private mutating func restoreNewestCheckpoint(_ restore: Restore) throws(JournalError) {
        let sequences = try layout.checkpointSequences(on: disk)
        checkpointsStated = sequences.last ?? 0
        let checkpoints = CheckpointReader(reader: reader, layout: layout)
        for sequence in sequences.reversed() {
            do throws(JournalError) {
                try checkpoints.verify(sequence)
            } catch {
                guard error.code == .corrupt else { throw error }
                damagedCheckpoints.append(sequence)
                continue
            }
            try checkpoints.read(sequence) { (chunk) throws(JournalError) in
                try Self.handingOver { try restore(chunk) }
            }
            report.checkpoint = sequence
            return
        }
    }

    private func readSegmentHeaders() throws(JournalError) -> [FileHeader] {
        let segments = SegmentReader(reader: reader, layout: layout)
        let numbers = try layout.segments(on: disk)
        guard let first = numbers.first else {
            throw .corrupt(layout.log, at: 0, expected: "a segment", found: "none")
        }
        var headers: [FileHeader] = []
        for (index, number) in numbers.enumerated() {
            guard number == first + UInt64(index) else {
                throw .corrupt(
                    layout.segment(first + UInt64(index)), at: 0, expected: "this segment",
                    found: "no file, but a later one")
            }
            headers.append(try segments.header(number))
        }
        return headers
    }

    private mutating func readFirst(
        of segments: [FileHeader], _ replay: Replay
    ) throws(JournalError) -> End {
        let first = segments[0]
        let needed = (report.checkpoint ?? 0) + 1
        guard first.firstSequence <= needed else {
            throw .corrupt(
                layout.segment(first.number), at: 40,
                expected: "batch \(needed) or an earlier one, since no valid checkpoint has it",
                found: "batch \(first.firstSequence)")
        }
        return try readSegment(
            first, from: LogCursor(before: first), isLast: segments.count == 1, replay)
    }

    private mutating func readSegment(
        _ header: FileHeader, from start: LogCursor, isLast: Bool, _ replay: Replay
    ) throws(JournalError) -> End {
        let path = layout.segment(header.number)
        let facts = try SegmentReader(reader: reader, layout: layout).read(
            header.number, from: start, at: UInt64(Format.blockBytes), isLast: isLast,
            checkpoint: checkpointsStated
        ) { (batch, _, payload, offset) throws(JournalError) in
            try hand(batch, payload, path: path, offset: offset, replay)
        }
        return try judged(facts, header, path)
    }

    /// Replays a batch's records when the checkpoint does not contain them.
    private mutating func hand(
        _ batch: BatchHeader, _ payload: UnsafeRawBufferPointer, path: String, offset: UInt64,
        _ replay: Replay
    ) throws(JournalError) {
        guard batch.sequence > report.checkpoint ?? 0 else { return }
        bytesSinceCheckpoint += batch.bytesOnDisk
        let whole = try Records.forEach(in: payload, count: batch.records) {
            (record) throws(JournalError) in
            try Self.handingOver { try replay(batch.sequence, record) }
        }
        guard whole else {
            throw .corrupt(
                path, at: offset, expected: "\(batch.records) records", found: "other lengths")
        }
        report.records += UInt64(batch.records)
    }

    private func judged(
        _ facts: TailFacts, _ header: FileHeader, _ path: String
    ) throws(JournalError) -> End {
        switch TornTail.judge(facts) {
        case .damaged(let offset, let expected, let found):
            throw .corrupt(path, at: offset, expected: expected, found: found)
        case .clean, .torn:
            return End(
                cursor: facts.last, segment: header, position: facts.offset,
                bytesSinceCheckpoint: bytesSinceCheckpoint, report: report, tail: facts)
        }
    }

    /// The first writes of an opening.
    private mutating func repair(_ end: inout End) throws(JournalError) {
        if end.isUnnamed {
            try disk.rename(layout.nextSegment, to: layout.segment(end.segment.number))
            try disk.syncDirectory(layout.log, .segmentNameSync)
        }
        try disk.makeDirectory(layout.quarantine)
        for directory in [layout.log, layout.checkpoints, layout.quarantine] {
            try disk.removeTemporaries(in: directory)
        }
        let quarantine = Quarantine(disk: disk, layout: layout)
        for sequence in damagedCheckpoints {
            report.quarantined.append(try quarantine.takeCheckpoint(sequence))
        }
        if case .torn(let range) = TornTail.judge(end.tail) {
            report.quarantined.append(
                try quarantine.takeTail(
                    range, of: layout.segment(end.segment.number),
                    sequence: end.cursor.sequence + 1))
        }
        report.lastSequence = end.cursor.sequence
        report.isPastCache = reader.isPastCache
        end.report = report
    }

    /// Runs the caller's code; whatever it throws stops the recovery.
    static func handingOver(_ body: () throws -> Void) throws(JournalError) {
        do {
            try body()
        } catch {
            throw JournalError(
                .replayRefused, "the owner of the journal refused a record: \(type(of: error))",
                cause: error)
        }
    }
}
