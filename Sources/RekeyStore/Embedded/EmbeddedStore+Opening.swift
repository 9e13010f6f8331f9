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
    ///   - clocks: what an operator accepts of this machine's clocks, which otherwise are refused with
    ///     `.replayRefused` and a `ClockRefusal` as the cause.
    ///   - onNotice: called from any thread, now and then; must not block.
    ///   - onFatal: called once when the log can no longer be trusted; the process must end.
    /// - Throws: what `Journal.open` throws; then nothing was changed.
    public static func open(
        directory: String, disk: any Disk, options: JournalOptions = JournalOptions(),
        tag: [UInt8], policy: Policy, time: any TimeSource, accepting clocks: AcceptedClocks = [],
        checkpointBytes: Int = 64 << 20,
        onNotice: @escaping @Sendable (StoreNotice) -> Void = { _ in },
        onFatal: @escaping @Sendable (JournalError) -> Void
    ) throws(JournalError) -> EmbeddedStore {
        let arena = Arena()
        let aheadMax = clocks.contains(.ahead) ? nil : policy.clockAheadMax
        func clock(notBefore newest: Timestamp) -> ServiceClock {
            ServiceClock(time, notBefore: newest, aheadMax: aheadMax) { onNotice(.clockAhead($0)) }
        }
        var newest = Timestamp(milliseconds: 0)
        var reading: ClockReading?
        var tables = Tables(clock: clock(notBefore: newest), arena: arena)
        let journal = try Journal.open(
            directory: directory, disk: disk, options: options, tag: tag,
            restore: { chunk in
                let record = try Records.decode(CheckpointRecord.self, chunk, arena)
                newest = max(newest, record.at)
                reading = record.clock ?? reading
                try tables.restore(record)
            },
            replay: { sequence, record in
                let decoded = try Records.decode(record, arena)
                newest = max(newest, decoded.at)
                if case .clock(let read) = decoded { reading = read }
                guard tables.recordsToSkip == 0 else { return tables.recordsToSkip -= 1 }
                try tables.replay(decoded, sequence: sequence)
            },
            accept: {
                // They were durable before the checkpoint was begun; skipping later ones in their
                // place would lose what is promised from now on.
                guard tables.recordsToSkip == 0 else {
                    throw StoreError.unreadable("the log lacks records that the checkpoint holds")
                }
                let refusal = ClockReading.refusal(time, newest: newest, last: reading, policy)
                if let refusal, !clocks.contains(refusal.acceptance) { throw refusal }
            },
            progress: { done, total in onNotice(.opening(done, of: total)) },
            onShortage: { error in onNotice(error.map(StoreNotice.full) ?? .roomAgain) },
            onFatal: onFatal)
        tables.clock = clock(notBefore: newest)
        tables.opened(at: journal.durable)
        _ = tables.clock.now()
        // Without room it is not written: then the next start may miss a clock that was set ahead.
        let sequence = try? Records.encode(.clock(tables.clock.reading), arena) {
            (record) throws(JournalError) in try journal.append(record)
        }
        if let sequence { tables.appended(sequence) }
        return EmbeddedStore(
            journal: journal, tables: tables, policy: policy, checkpointBytes: checkpointBytes,
            onNotice: onNotice)
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
    /// Takes over a part of a checkpoint. Its rows come from elsewhere, so each is looked through here,
    /// once; afterwards every row is one that this process knows to be well formed.
    mutating func restore(_ record: CheckpointRecord) throws(StoreError) {
        for entry in record.subjects {
            try Records.checkRow(entry.row)
            try put(entry, sequence: 0)
        }
        for letter in record.letters { outbox.add(letter, sequence: 0) }
        for outcome in record.outcomes { outcomes.add(outcome, sequence: 0) }
        recordsToSkip += record.recordsAhead
    }
}
