import RekeyCore
import RekeyWire

/// Everything the embedded store knows, in memory. Used under one lock, by one thread at a time.
struct Tables {
    var rows = Rows()
    var outbox = Outbox()
    var outcomes = OutcomeTable()
    private(set) var recipes = Recipes()
    var clock: ServiceClock
    /// The newest sequence that anything here was appended under.
    private(set) var lastAppended: UInt64 = 0
    /// How many records were appended under it so far.
    private(set) var recordsInLast: UInt32 = 0
    /// While opening: records of the log that the checkpoint contains already.
    var recordsToSkip: UInt32 = 0
    /// For packing and unpacking rows and records.
    let arena: Arena
    /// Takes the place of an account where there is none.
    let decoy: Decoy

    init(clock: ServiceClock, arena: Arena) {
        self.clock = clock
        self.arena = arena
        decoy = Decoy(arena)
    }

    mutating func appended(_ sequence: UInt64) {
        recordsInLast = sequence == lastAppended ? recordsInLast + 1 : 1
        lastAppended = sequence
    }

    /// Everything is on disk up to here, and no record will join that batch.
    mutating func opened(at sequence: UInt64) {
        lastAppended = sequence
        recordsInLast = 0
    }

    /// A subject always exists; what it was last changed by is 0 or the last removal when it has
    /// no row. One of which nothing is known any more is as if it had none: when its row goes, at
    /// some checkpoint, nobody sees a difference, and neither does a replay.
    func subject(
        _ id: SubjectID, at now: Timestamp
    ) throws(StoreError) -> (Subject, sequence: UInt64) {
        let (subject, sequence, wasVacant) = try stored(id, at: now)
        if wasVacant { decoy.unpack(arena) }
        return (subject, sequence)
    }

    /// Besides, whether no account was unpacked for it.
    private func stored(
        _ id: SubjectID, at now: Timestamp
    ) throws(StoreError) -> (Subject, sequence: UInt64, wasVacant: Bool) {
        guard let row = rows[id] else { return (Subject(id: id), rows.lastRemoval, true) }
        let subject = try Records.subject(id, row.bytes, arena)
        return (
            subject.isEmpty(at: now) ? Subject(id: id) : subject, row.sequence, subject.isVacant
        )
    }

    /// Keeps a subject, or forgets one about which nothing is known any more. Its password was made
    /// by the recipe `before`.
    mutating func put(
        _ subject: Subject, before: PasswordRecord.Recipe?, sequence: UInt64, now: Timestamp
    ) {
        if subject.isVacant { decoy.pack(arena) }
        keep(subject, before: before, sequence: sequence, now: now)
    }

    /// The same for a row that comes from a file, and that was checked.
    mutating func put(_ entry: SubjectEntry, sequence: UInt64) throws(StoreError) {
        recipes.replace(
            try rows[entry.id].flatMap { (row) throws(StoreError) in
                try Records.recipe(inRow: row.bytes)
            },
            with: try Records.recipe(inRow: entry.row))
        rows.put(
            Row(bytes: entry.row, sequence: sequence, hasAccount: entry.hasAccount),
            for: entry.id)
    }

    private mutating func keep(
        _ subject: Subject, before: PasswordRecord.Recipe?, sequence: UInt64, now: Timestamp
    ) {
        recipes.replace(before, with: subject.account?.password?.recipe)
        if subject.isEmpty(at: now) {
            rows.remove(subject.id, at: sequence)
        } else {
            rows.put(
                Row(
                    bytes: Records.encode(subject, arena), sequence: sequence,
                    hasAccount: subject.account != nil),
                for: subject.id)
        }
    }

    /// Applies what is already in the log.
    mutating func replay(_ record: Records.Decoded, sequence: UInt64) throws(StoreError) {
        switch record {
        case .transaction(let transaction): try replay(transaction, sequence: sequence)
        case .settlements(let settlements):
            for settled in settlements.letters { outbox.settle(settled.letter, settled.settlement) }
        case .clock: break
        case .row(let entry): try put(entry, sequence: sequence)
        }
    }

    private mutating func replay(
        _ transaction: Transaction, sequence: UInt64
    ) throws(StoreError) {
        if !transaction.events.isEmpty {
            var (subject, _, _) = try stored(transaction.subject, at: transaction.at)
            let before = subject.account?.password?.recipe
            for event in transaction.events { subject.apply(event, at: transaction.at) }
            keep(subject, before: before, sequence: sequence, now: transaction.at)
        }
        for letter in transaction.letters { outbox.add(letter, sequence: sequence) }
        if let outcome = transaction.outcome { outcomes.add(outcome, sequence: sequence) }
    }
}
