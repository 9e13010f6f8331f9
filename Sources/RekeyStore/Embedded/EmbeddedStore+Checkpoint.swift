import Dispatch
import RekeyCore
import RekeyJournal
import RekeyWire
import Synchronization

extension EmbeddedStore {
    /// Begins a checkpoint in the background when the log has grown enough.
    func checkpointIfDue() {
        guard journal.bytesSinceCheckpoint >= checkpointBytes,
            !isCheckpointing.exchange(true, ordering: .acquiringAndReleasing)
        else { return }
        checkpoints.async { [self] in
            // One that fails leaves the log as it is: nothing is lost, a start takes longer, and
            // the next one is tried when the log has grown on.
            try? writeCheckpoint()
            isCheckpointing.store(false, ordering: .releasing)
        }
    }

    /// Writes all that is durable now beside the log, page by page, while writers go on.
    func writeCheckpoint() throws {
        let (now, sequence, letters, outcomes) = tables.withLock { tables in
            tables.rows.beginCheckpoint()
            return (
                tables.clock.now(), tables.lastAppended, tables.outbox.letters,
                tables.outcomes.all
            )
        }
        defer { tables.withLock { $0.rows.endCheckpoint() } }
        // A checkpoint holds nothing that the log could still lose.
        let isDurable = DispatchSemaphore(value: 0)
        journal.whenDurable(sequence) { _ in isDurable.signal() }
        isDurable.wait()
        let writer = try journal.beginCheckpoint(at: sequence)
        let arena = Arena()
        func write(_ record: CheckpointRecord) throws {
            try arena.scope(budget: Arena.packingBudget) { try writer.append(arena.encode(record)) }
        }
        for part in CheckpointRecord.parts(letters: letters, outcomes: outcomes, at: now) {
            try write(part)
        }
        for index in 0..<Page.count {
            let page = tables.withLock { $0.rows.page(index) }
            for part in CheckpointRecord.parts(page: page, at: now) { try write(part) }
        }
        try writer.finish()
    }
}
