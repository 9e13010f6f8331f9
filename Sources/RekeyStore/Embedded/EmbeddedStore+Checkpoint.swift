import Dispatch
import RekeyCore
import RekeyJournal
import RekeyWire
import Synchronization

extension EmbeddedStore {
    /// Begins a checkpoint in the background when the log has grown enough.
    func checkpointIfDue() {
        guard journal.bytesSinceCheckpoint >= nextCheckpoint.load(ordering: .relaxed),
            !isCheckpointing.exchange(true, ordering: .acquiringAndReleasing)
        else { return }
        checkpoints.async { [self] in
            // One that fails leaves the log as it is: nothing is lost, a start takes longer, and
            // the next one is tried when the log has grown on.
            let result = Result { try writeCheckpoint() }
            let grown: UInt64 =
                if case .success = result { 0 } else { journal.bytesSinceCheckpoint }
            nextCheckpoint.store(checkpointBytes + Int(clamping: grown), ordering: .relaxed)
            isCheckpointing.store(false, ordering: .releasing)
            onNotice(.checkpoint(result))
        }
    }

    /// Writes all that is durable now beside the log, page by page, while writers go on. What has
    /// been counted about strangers is left out, and forgotten, once it can change nothing any more.
    /// Its sequence.
    @discardableResult
    func writeCheckpoint() throws -> UInt64 {
        let (clock, last, ahead, letters, outcomes) = tables.withLock { tables in
            tables.rows.beginCheckpoint()
            let now = tables.clock.now()
            return (
                tables.clock.reading, tables.lastAppended, tables.recordsInLast,
                tables.outbox.letters, tables.outcomes.live(at: now)
            )
        }
        let now = clock.at
        defer { tables.withLock { $0.rows.endCheckpoint() } }
        // A checkpoint holds nothing that the log could still lose.
        let isDurable = DispatchSemaphore(value: 0)
        journal.whenDurable(last) { _ in isDurable.signal() }
        if Tooth.checkpointWait.holds {
            isDurable.wait()
            guard last <= journal.durable else { throw StoreError.unavailable }
        }
        // Others may have joined the last batch since: it counts as behind the checkpoint, which
        // says how many of its records it has.
        let writer = try journal.beginCheckpoint(at: ahead == 0 ? last : last - 1)
        let arena = Arena()
        func write(_ record: CheckpointRecord) throws {
            try arena.scope(budget: Arena.packingBudget) { try writer.append(arena.encode(record)) }
        }
        for part in CheckpointRecord.parts(
            letters: letters, outcomes: outcomes, clock: clock, recordsAhead: ahead)
        {
            try write(part)
        }
        for index in 0..<Page.count {
            var page = tables.withLock { $0.rows.page(index) }
            let forgotten = page.filter { id, row in
                !row.hasAccount
                    && (try? Records.subject(id, row.bytes, arena).isEmpty(at: now)) == true
            }
            for id in forgotten.keys { page[id] = nil }
            for part in CheckpointRecord.parts(page: page, at: now) { try write(part) }
            tables.withLock { tables in
                for (id, row) in forgotten {
                    tables.rows.forget(id, unlessChangedSince: row.sequence)
                }
            }
        }
        try writer.finish()
        return writer.sequence
    }
}
