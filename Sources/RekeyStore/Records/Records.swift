import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire

/// The only door between what happened and what is stored: this folder turns events, rows and
/// letters into the messages of `Proto/rekey/v1/records.proto` and back.
///
/// A record of the log is one byte for its type and version, then the message.
enum Records {
    /// The first byte.
    private enum Kind: UInt8 {
        /// `Transaction`, version 1.
        case transaction = 1
        /// `ClockReading`, version 1.
        case clock = 2
        /// `LettersSettled`, version 1.
        case settlements = 3
        /// `SubjectEntry`, version 1.
        case row = 4
    }

    /// What a record of the log turns out to be.
    enum Decoded {
        case transaction(Transaction)
        case clock(ClockReading)
        case settlements(Settlements)
        /// A whole row, of a store that was made out of another one.
        case row(SubjectEntry)

        /// Service time; a row has none of its own.
        var at: Timestamp {
            switch self {
            case .transaction(let transaction): transaction.at
            case .clock(let reading): reading.at
            case .settlements(let settlements): settlements.at
            case .row: Timestamp(milliseconds: 0)
            }
        }
    }

    /// Lends a record of the log to `body`, which puts it where it stays.
    static func encode<Result, Failure: Error>(
        _ record: Decoded, _ arena: Arena,
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try arena.scope(budget: Arena.packingBudget) { () throws(Failure) in
            switch record {
            case .transaction(let transaction):
                try body(bytes(.transaction, transaction, arena))
            case .clock(let reading): try body(bytes(.clock, reading, arena))
            case .settlements(let settlements):
                try body(bytes(.settlements, settlements, arena))
            case .row(let entry): try body(bytes(.row, entry, arena))
            }
        }
    }

    private static func bytes(
        _ kind: Kind, _ message: some WireMessage, _ arena: Arena
    ) -> UnsafeRawBufferPointer {
        let bytes = arena.encode(message, prefix: 1)
        bytes[0] = kind.rawValue
        return UnsafeRawBufferPointer(bytes)
    }

    static func decode(
        _ record: UnsafeRawBufferPointer, _ arena: Arena
    ) throws(StoreError) -> Decoded {
        let (kind, body) = try parts(of: record)
        switch kind {
        case .transaction: return .transaction(try decode(Transaction.self, body, arena))
        case .clock: return .clock(try decode(ClockReading.self, body, arena))
        case .settlements: return .settlements(try decode(Settlements.self, body, arena))
        case .row:
            let entry = try decode(SubjectEntry.self, body, arena)
            try checkRow(entry.row)
            return .row(entry)
        }
    }

    /// The message in a record of the log, and its type.
    static func message(
        of record: UnsafeRawBufferPointer
    ) throws(StoreError) -> (bytes: UnsafeRawBufferPointer, type: MessageDescriptor) {
        let (kind, body) = try parts(of: record)
        switch kind {
        case .transaction: return (body, Transaction.descriptor)
        case .clock: return (body, ClockReading.descriptor)
        case .settlements: return (body, Settlements.descriptor)
        case .row: return (body, SubjectEntry.descriptor)
        }
    }

    private static func parts(
        of record: UnsafeRawBufferPointer
    ) throws(StoreError) -> (Kind, UnsafeRawBufferPointer) {
        guard let kind = record.first.flatMap(Kind.init) else {
            throw .unreadable("a record of type \(record.first ?? 0), which this version lacks")
        }
        return (kind, UnsafeRawBufferPointer(rebasing: record[1...]))
    }

    static func encode(_ subject: Subject, _ arena: Arena) -> [UInt8] {
        arena.scope(budget: Arena.packingBudget) { Array(arena.encode(SubjectRecord(subject))) }
    }

    /// Throws unless the row is a well-formed message.
    static func checkRow(_ row: [UInt8]) throws(StoreError) {
        do throws(WireFault) {
            try row.span.bytes.withUnsafeBytes { (row) throws(WireFault) in
                try WireScan.check(row, as: SubjectRecord.descriptor)
            }
        } catch {
            throw .unreadable("a row: \(error)")
        }
    }

    /// From a row that `encode` made, or that was checked.
    static func subject(
        _ id: SubjectID, _ row: [UInt8], _ arena: Arena
    ) throws(StoreError) -> Subject {
        do throws(Refusal) {
            return try row.span.bytes.withUnsafeBytes { (row) throws(Refusal) in
                try arena.scope(budget: Arena.packingBudget) { () throws(Refusal) in
                    let record = try arena.decode(SubjectRecord.self, fromChecked: row)
                    return Subject(
                        id: id, traffic: record.traffic, account: record.account,
                        deletedAccount: record.deletedAccount)
                }
            }
        } catch {
            throw .unreadable(error.message)
        }
    }

    static func decode<Value: WireMessage>(
        _: Value.Type, _ bytes: UnsafeRawBufferPointer, _ arena: Arena
    ) throws(StoreError) -> Value {
        do {
            return try arena.scope(budget: Arena.packingBudget) { () throws(Refusal) in
                try arena.decode(Value.self, from: bytes)
            }
        } catch {
            throw .unreadable(error.message)
        }
    }
}

/// One durable step: all of it is on disk or none (R48).
struct Transaction {
    var subject: SubjectID
    var at: Timestamp
    var events: [Event] = []
    var letters: [Letter] = []
    var outcome: Outcome?
}

extension Transaction: WireMessage {
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_transaction_descriptor()
    }

    init(_ message: Rekey__V1__Transaction) throws(Refusal) {
        subject = try message.subject.id("subject")
        at = Timestamp(wire: message.at_ms)
        let events: [EventRecord] = try elements(message.n_events, message.events)
        self.events = events.map(\.event)
        let letters: [LetterRecord] = try elements(message.n_letters, message.letters)
        self.letters = letters.map(\.letter)
        if let row = message.outcome { outcome = try Outcome(row.pointee) }
    }

    func fill(_ message: inout Rekey__V1__Transaction, _ arena: Arena) {
        message.subject = arena.data(subject)
        message.at_ms = at.wire
        (message.n_events, message.events) = arena.messages(events.map(EventRecord.init))
        (message.n_letters, message.letters) = arena.messages(letters.map(LetterRecord.init))
        if let outcome { message.outcome = arena.message(outcome) }
    }
}

extension Arena {
    /// An event's own message, initialized and filled.
    func body<Message>(
        _ descriptor: UnsafePointer<ProtobufCMessageDescriptor>,
        _ fill: (inout Message) -> Void = { _ in }
    ) -> UnsafeMutablePointer<Message> {
        let raw = required(MemoryLayout<Message>.size)
        protobuf_c_message_init(descriptor, raw.assumingMemoryBound(to: ProtobufCMessage.self))
        let message = raw.assumingMemoryBound(to: Message.self)
        fill(&message.pointee)
        return message
    }
}

/// A stored enumeration's value, or the refusal of one that this version does not know.
func known<Value: RawRepresentable>(
    _ raw: Value.RawValue, _ field: String
) throws(Refusal) -> Value {
    guard let value = Value(rawValue: raw) else {
        throw .field(field, "a value that this version does not know")
    }
    return value
}

func timestamps(_ count: Int, _ table: UnsafeMutablePointer<UInt64>?) -> [Timestamp] {
    (0..<count).compactMap { index in table.map { Timestamp(wire: $0[index]) } }
}
