// The walk of an inspection through the log: recovery's own reader and judgement, but where recovery
// refuses, this notes the damage and looks for the next valid batch. Changes nothing.

/// Where the walk stands between two segments.
struct LogWalk {
    let segments: SegmentReader
    let layout: Layout
    /// The highest sequence that a checkpoint's name states.
    let checkpointsStated: UInt64
    /// The last batch; nil before the first segment, and where a damage hides what comes next.
    private var before: LogCursor?
    private var previousNumber: UInt64?

    init(segments: SegmentReader, layout: Layout, checkpointsStated: UInt64) {
        self.segments = segments
        self.layout = layout
        self.checkpointsStated = checkpointsStated
    }

    mutating func segment(
        _ number: UInt64, isLast: Bool, newestCheckpoint: UInt64??,
        _ visit: (InspectedItem) throws -> Void
    ) throws(JournalError) {
        try noteGap(before: number, visit)
        let isFirst = previousNumber == nil
        previousNumber = number
        var cursor: LogCursor
        do throws(JournalError) {
            let header = try segments.header(number)
            cursor = LogCursor(before: header)
            if isFirst {
                try judgeBeginning(header, newestCheckpoint, visit)
            } else if let before, !before.isContinued(by: header) {
                try JournalInspection.damage(
                    layout.segment(number), 32, "the segment after batch \(before.sequence)",
                    "the one before batch \(header.firstSequence)", visit)
            }
        } catch {
            guard let damage = error.damage else { throw error }
            try Recovery.handingOver { try visit(.damage(damage)) }
            if let before { cursor = before } else { cursor = try firstPlace(in: number) }
        }
        try batches(of: number, from: cursor, isLast: isLast, visit)
    }

    private mutating func noteGap(
        before number: UInt64, _ visit: (InspectedItem) throws -> Void
    ) throws(JournalError) {
        guard let previous = previousNumber, number != previous + 1 else { return }
        try JournalInspection.damage(
            layout.segment(previous + 1), 0, "this segment", "no file, but a later one", visit)
        before = nil
    }

    private func judgeBeginning(
        _ header: FileHeader, _ newestCheckpoint: UInt64??,
        _ visit: (InspectedItem) throws -> Void
    ) throws(JournalError) {
        guard let newestCheckpoint else { return }
        let needed = (newestCheckpoint ?? 0) + 1
        guard header.firstSequence > needed else { return }
        try JournalInspection.damage(
            layout.segment(header.number), 40,
            "batch \(needed) or an earlier one, since no valid checkpoint has it",
            "batch \(header.firstSequence)", visit)
    }

    /// Behind a header that does not hold: the batch that begins there says itself what it follows.
    private func firstPlace(in number: UInt64) throws(JournalError) -> LogCursor {
        try segments.reader.reading(layout.segment(number)) { () throws(JournalError) in
            try segments.reader.header(at: UInt64(Format.blockBytes)).map(LogCursor.init(before:))
                ?? LogCursor.beforeAll
        }
    }

    private mutating func batches(
        of number: UInt64, from start: LogCursor, isLast: Bool,
        _ visit: (InspectedItem) throws -> Void
    ) throws(JournalError) {
        let path = layout.segment(number)
        let name = layout.name(path)
        var (cursor, offset) = (start, UInt64(Format.blockBytes))
        while true {
            let facts = try segments.read(
                number, from: cursor, at: offset, isLast: isLast, checkpoint: checkpointsStated
            ) { (batch, place, payload, offset) throws(JournalError) in
                try JournalInspection.hand(batch, place.digest, payload, name, offset, visit)
                guard batch.kind == .records, !Records.areWhole(payload, count: batch.records)
                else { return }
                try JournalInspection.damage(
                    path, offset, "\(batch.records) records", "other lengths", visit)
            }
            switch TornTail.judge(facts) {
            case .clean:
                before = facts.last
                guard isLast, facts.last.kind == .seal else { return }
                do throws(JournalError) {
                    _ = try segments.unnamed(number + 1, after: facts.last)
                } catch {
                    guard let damage = error.damage else { throw error }
                    try Recovery.handingOver { try visit(.damage(damage)) }
                }
                return
            case .torn(let range):
                try Recovery.handingOver { try visit(.tornTail(file: name, range)) }
                return before = facts.last
            case .damaged(let place, let expected, let found):
                before = nil
                try JournalInspection.damage(path, place, expected, found, visit)
                guard let next = try resume(number, behind: facts) else { return }
                (cursor, offset) = next
            }
        }
    }

    /// The next valid header behind a damage, and the cursor that it follows.
    private func resume(
        _ number: UInt64, behind facts: TailFacts
    ) throws(JournalError) -> (LogCursor, UInt64)? {
        guard facts.last.kind != .seal else { return nil }
        let isHere = (facts.strangerSequence ?? 0) > facts.last.sequence
        guard let offset = isHere ? facts.offset : facts.later?.offset else { return nil }
        let reader = segments.reader
        return try reader.reading(layout.segment(number)) { () throws(JournalError) in
            try reader.header(at: offset).map { (LogCursor(before: $0), offset) }
        }
    }
}

extension LogCursor {
    static let beforeAll = LogCursor(sequence: 0, epoch: 0, digest: 0)

    /// The place that a batch says it follows.
    init(before batch: BatchHeader) {
        self.init(
            sequence: batch.sequence - 1,
            epoch: batch.kind == .open && batch.epoch > 0 ? batch.epoch - 1 : batch.epoch,
            digest: batch.previousDigest)
    }

    private init(sequence: UInt64, epoch: UInt64, digest: UInt64) {
        self.sequence = sequence
        self.epoch = epoch
        self.digest = digest
        isOfLog = true
    }
}

extension Records {
    /// Whether the lengths tile the payload.
    static func areWhole(_ payload: UnsafeRawBufferPointer, count: UInt32) -> Bool {
        (try? forEach(in: payload, count: count) { (_) throws(JournalError) in }) == true
    }
}
