import Dispatch
public import RekeyCore
public import RekeyJournal
import RekeyWire

extension EmbeddedStore {
    /// Makes an empty store in `directory`.
    ///
    /// - Parameter tag: the key ring's check value; `open` refuses any other.
    public static func create(
        directory: String, disk: any Disk, options: JournalOptions = JournalOptions(),
        storeID: StoreID, tag: [UInt8]
    ) throws(JournalError) {
        try Journal.create(
            directory: directory, disk: disk, options: options, storeID: storeID, tag: tag)
    }

    /// Opens a store for this process alone: the newest checkpoint, then the log.
    ///
    /// - Parameters:
    ///   - checkpointBytes: bytes of log after which a checkpoint is written.
    ///   - onCheckpoint: called after each checkpoint, with its sequence or why there is none.
    ///   - onFatal: called once when the log can no longer be trusted; the process must end.
    /// - Throws: what `Journal.open` throws; then nothing was changed.
    public static func open(
        directory: String, disk: any Disk, options: JournalOptions = JournalOptions(),
        tag: [UInt8], policy: Policy, time: any TimeSource, checkpointBytes: Int = 64 << 20,
        onCheckpoint: @escaping @Sendable (Result<UInt64, any Error>) -> Void = { _ in },
        onFatal: @escaping @Sendable (JournalError) -> Void
    ) throws(JournalError) -> EmbeddedStore {
        let arena = Arena()
        var tables = Tables(
            clock: ServiceClock(time, notBefore: Timestamp(milliseconds: 0)), arena: arena)
        var newest = Timestamp(milliseconds: 0)
        let journal = try Journal.open(
            directory: directory, disk: disk, options: options, tag: tag,
            restore: { chunk in
                let record = try Records.decode(CheckpointRecord.self, chunk, arena)
                newest = max(newest, record.at)
                tables.restore(record)
            },
            replay: { sequence, record in
                let transaction = try Records.decode(record, arena)
                newest = max(newest, transaction.at)
                guard tables.recordsToSkip == 0 else { return tables.recordsToSkip -= 1 }
                try tables.replay(transaction, sequence: sequence)
            },
            onFatal: onFatal)
        tables.clock = ServiceClock(time, notBefore: newest)
        tables.opened(at: journal.durable)
        return EmbeddedStore(
            journal: journal, tables: tables, policy: policy, checkpointBytes: checkpointBytes,
            onCheckpoint: onCheckpoint)
    }

    /// Writes what waits and ends. Blocks; not for the cooperative pool.
    public func close() throws(JournalError) {
        checkpoints.sync {}
        try journal.close()
    }

    /// What the opening found, for a line of the log.
    public var recovered: RecoveryReport { journal.recovered }
}

extension Tables {
    /// Takes over a part of a checkpoint.
    mutating func restore(_ record: CheckpointRecord) {
        for entry in record.subjects {
            rows.put(
                Row(bytes: entry.row, sequence: 0, hasAccount: entry.hasAccount),
                for: entry.id)
        }
        for letter in record.letters { outbox.add(letter, sequence: 0) }
        for outcome in record.outcomes { outcomes.add(outcome, sequence: 0) }
        recordsToSkip += record.recordsAhead
    }
}
