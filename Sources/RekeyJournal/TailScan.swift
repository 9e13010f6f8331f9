// Looks at everything behind the last good batch of a segment and states what is there; TornTail.swift
// judges. Reads the file that the reader has open, changes nothing.

extension BatchReader {
    /// The facts about the segment from `offset` to its end.
    func scanTail(
        from offset: UInt64, after last: LogCursor, hasLaterSegment: Bool, checkpoint: UInt64
    ) throws(JournalError) -> TailFacts {
        var facts = TailFacts(
            offset: offset, last: last, endOfContent: nil, strangerSequence: nil, later: nil,
            hasLaterSegment: hasLaterSegment, checkpoint: checkpoint)
        if let header = try header(at: offset), !last.isFollowed(by: header) {
            facts.strangerSequence = header.sequence
        }
        var place = offset
        while place < fileBytes {
            let block = try bytes(at: place, count: Format.blockBytes)
            guard !block.isEmpty else { break }
            let content = block.endOfContent
            if content > 0 {
                facts.endOfContent = place + UInt64(content)
                if place > offset, facts.later == nil, let header = try header(at: place),
                    header.epoch >= last.epoch, header.sequence > last.sequence
                {
                    facts.later = (place, header.sequence)
                }
            }
            place += UInt64(Format.blockBytes)
        }
        return facts
    }
}
