import RekeyCore
import RekeyWire

/// Everything the embedded store knows, in memory. Used under one lock, by one thread at a time.
struct Tables {
    var rows = Rows()
    var outbox = Outbox()
    var outcomes = OutcomeTable()
    var clock: ServiceClock
    /// The newest sequence that anything here was appended under.
    var lastAppended: UInt64 = 0
    /// For packing and unpacking rows and records.
    let arena: Arena

    /// A subject always exists; what it was last changed by is 0 or the last removal when it has
    /// no row.
    func subject(_ id: SubjectID) throws(StoreError) -> (Subject, sequence: UInt64) {
        guard let row = rows[id] else { return (Subject(id: id), rows.lastRemoval) }
        return (try Records.subject(id, row.bytes, arena), row.sequence)
    }

    /// Keeps a subject, or forgets one about which nothing is known any more.
    mutating func put(_ subject: Subject, sequence: UInt64, now: Timestamp) {
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
    mutating func replay(_ transaction: Transaction, sequence: UInt64) throws(StoreError) {
        if !transaction.events.isEmpty {
            var (subject, _) = try subject(transaction.subject)
            for event in transaction.events { subject.apply(event, at: transaction.at) }
            put(subject, sequence: sequence, now: transaction.at)
        }
        for letter in transaction.letters { outbox.add(letter, sequence: sequence) }
        if let settled = transaction.settled { outbox.settle(settled.letter, settled.settlement) }
        if let outcome = transaction.outcome { outcomes.add(outcome, sequence: sequence) }
    }
}
