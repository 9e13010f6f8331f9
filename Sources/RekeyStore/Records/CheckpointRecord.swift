import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire

/// A part of a checkpoint: some rows, some letters, some outcomes.
struct CheckpointRecord: WireMessage {
    var subjects: [SubjectEntry] = []
    var letters: [Letter] = []
    var outcomes: [Outcome] = []
    /// Service time of the checkpoint.
    var at: Timestamp
    /// Records of the batch behind the checkpoint's sequence that are in the checkpoint already: a
    /// batch may still be open, and grow, while the state that it leads to is being taken.
    var recordsAhead: UInt32 = 0
    /// In the first part: the clocks as it was begun.
    var clock: ClockReading?

    init(at: Timestamp) { self.at = at }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_checkpoint_chunk_descriptor()
    }

    init(_ message: Rekey__V1__CheckpointChunk) throws(Refusal) {
        at = Timestamp(wire: message.at_ms)
        recordsAhead = message.records_ahead
        if let reading = message.clock { clock = try ClockReading(reading.pointee) }
        subjects = try elements(message.n_subjects, message.subjects)
        let letters: [LetterRecord] = try elements(message.n_letters, message.letters)
        self.letters = letters.map(\.letter)
        outcomes = try elements(message.n_outcomes, message.outcomes)
    }

    func fill(_ message: inout Rekey__V1__CheckpointChunk, _ arena: Arena) {
        message.at_ms = at.wire
        message.records_ahead = recordsAhead
        if let clock { message.clock = arena.message(clock) }
        (message.n_subjects, message.subjects) = arena.messages(subjects)
        (message.n_letters, message.letters) = arena.messages(letters.map(LetterRecord.init))
        (message.n_outcomes, message.outcomes) = arena.messages(outcomes)
    }
}

/// One subject's id and packed row.
struct SubjectEntry: WireMessage {
    var id: SubjectID
    var row: [UInt8]
    var hasAccount: Bool

    init(id: SubjectID, row: [UInt8], hasAccount: Bool) {
        self.id = id
        self.row = row
        self.hasAccount = hasAccount
    }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_subject_entry_descriptor()
    }

    init(_ message: Rekey__V1__SubjectEntry) throws(Refusal) {
        id = try message.id.id("id")
        row = Array(message.row.bytes)
        hasAccount = message.has_account != 0
    }

    func fill(_ message: inout Rekey__V1__SubjectEntry, _ arena: Arena) {
        message.id = arena.data(id)
        message.row = arena.data(row)
        message.has_account = hasAccount ? 1 : 0
    }
}

extension CheckpointRecord {
    /// Rows of one chunk, at most: with the longest rows still well below a chunk's maximum.
    private static let rowsMax = 250

    static func parts(page: [SubjectID: Row], at now: Timestamp) -> [CheckpointRecord] {
        Array(page).chunked(by: rowsMax).map { rows in
            var part = CheckpointRecord(at: now)
            part.subjects = rows.map {
                SubjectEntry(id: $0.key, row: $0.value.bytes, hasAccount: $0.value.hasAccount)
            }
            return part
        }
    }

    /// At least one part, so that the checkpoint carries its time and place.
    static func parts(
        letters: [Letter], outcomes: [Outcome], clock: ClockReading, recordsAhead: UInt32
    ) -> [CheckpointRecord] {
        let now = clock.at
        var head = CheckpointRecord(at: now)
        head.clock = clock
        head.recordsAhead = recordsAhead
        var parts = [head]
        parts += letters.chunked(by: rowsMax).map { letters in
            var part = CheckpointRecord(at: now)
            part.letters = letters
            return part
        }
        parts += outcomes.chunked(by: rowsMax).map { outcomes in
            var part = CheckpointRecord(at: now)
            part.outcomes = outcomes
            return part
        }
        return parts
    }
}

extension Array {
    func chunked(by size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min($0 + size, count)]) }
    }
}
