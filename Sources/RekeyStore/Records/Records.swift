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
    }

    /// What a record of the log turns out to be.
    enum Decoded {
        case transaction(Transaction)
        case clock(ClockReading)

        /// Service time.
        var at: Timestamp {
            switch self {
            case .transaction(let transaction): transaction.at
            case .clock(let reading): reading.at
            }
        }
    }

    static func encode(_ transaction: Transaction, _ arena: Arena) -> [UInt8] {
        arena.scope(budget: Arena.packingBudget) {
            [Kind.transaction.rawValue] + arena.encode(transaction)
        }
    }

    static func encode(_ reading: ClockReading, _ arena: Arena) -> [UInt8] {
        arena.scope(budget: Arena.packingBudget) {
            [Kind.clock.rawValue] + arena.encode(reading)
        }
    }

    static func decode(
        _ record: UnsafeRawBufferPointer, _ arena: Arena
    ) throws(StoreError) -> Decoded {
        let (kind, body) = try parts(of: record)
        switch kind {
        case .transaction: return .transaction(try decode(Transaction.self, body, arena))
        case .clock: return .clock(try decode(ClockReading.self, body, arena))
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

    static func subject(
        _ id: SubjectID, _ row: [UInt8], _ arena: Arena
    ) throws(StoreError) -> Subject {
        var bytes: Result<SubjectRecord, StoreError> = .failure(.unreadable(""))
        row.withUnsafeBytes { row in
            bytes = Result { () throws(StoreError) in try decode(SubjectRecord.self, row, arena) }
        }
        let record = try bytes.get()
        return Subject(id: id, traffic: record.traffic, account: record.account)
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
    var settled: SettlementRecord?
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
        if let row = message.settled { settled = try SettlementRecord(row.pointee) }
        if let row = message.outcome { outcome = try Outcome(row.pointee) }
    }

    func fill(_ message: inout Rekey__V1__Transaction, _ arena: Arena) {
        message.subject = arena.data(subject)
        message.at_ms = at.wire
        (message.n_events, message.events) = arena.messages(events.map(EventRecord.init))
        (message.n_letters, message.letters) = arena.messages(letters.map(LetterRecord.init))
        if let settled { message.settled = arena.message(settled) }
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
