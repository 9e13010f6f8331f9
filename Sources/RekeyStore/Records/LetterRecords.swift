import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire

/// A letter of the outbox: ids only (R13).
struct LetterRecord: WireMessage {
    /// What a stand-in carries for a kind, so that it is as long as a letter.
    private static let standIn: UInt32 = 15

    var letter: Letter

    init(letter: Letter) { self.letter = letter }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_letter_row_descriptor()
    }

    init(_ message: Rekey__V1__LetterRow) throws(Refusal) {
        letter = Letter(
            id: try message.id.id("id"), subject: try message.subject.id("subject"),
            kind: message.kind == Self.standIn
                ? nil : try known(UInt8(clamping: message.kind), "kind"),
            reset: try message.reset.id("reset"), codeGeneration: Int(message.code_generation),
            queuedAt: Timestamp(wire: message.queued_at_ms), attempts: Int(message.attempts),
            nextAttempt: Timestamp(wire: message.next_attempt_at_ms))
    }

    func fill(_ message: inout Rekey__V1__LetterRow, _ arena: Arena) {
        message.id = arena.data(letter.id)
        message.subject = arena.data(letter.subject)
        message.kind = letter.kind.map { UInt32($0.rawValue) } ?? Self.standIn
        message.reset = arena.data(letter.reset)
        message.code_generation = UInt32(clamping: letter.codeGeneration)
        message.queued_at_ms = letter.queuedAt.wire
        message.attempts = UInt32(clamping: letter.attempts)
        message.next_attempt_at_ms = letter.nextAttempt.wire
    }
}

/// Attempts that came back, as one record of the log.
struct Settlements: WireMessage {
    /// Of one record, at most: well below what a reader takes of a repeated field.
    static let countMax = 1000

    var at: Timestamp
    var letters: [SettlementRecord]

    init(at: Timestamp, letters: [SettlementRecord]) {
        self.at = at
        self.letters = letters
    }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_letters_settled_descriptor()
    }

    init(_ message: Rekey__V1__LettersSettled) throws(Refusal) {
        at = Timestamp(wire: message.at_ms)
        letters = try elements(message.n_letters, message.letters)
    }

    func fill(_ message: inout Rekey__V1__LettersSettled, _ arena: Arena) {
        message.at_ms = at.wire
        (message.n_letters, message.letters) = arena.messages(letters)
    }
}

/// An attempt came back.
struct SettlementRecord: WireMessage {
    var letter: LetterID
    var settlement: LetterSettlement

    init(letter: LetterID, settlement: LetterSettlement) {
        self.letter = letter
        self.settlement = settlement
    }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_letter_settled_descriptor()
    }

    init(_ message: Rekey__V1__LetterSettled) throws(Refusal) {
        letter = try message.letter.id("letter")
        settlement =
            message.next_attempt_at_ms == 0
            ? .gone : .again(at: Timestamp(wire: message.next_attempt_at_ms))
    }

    func fill(_ message: inout Rekey__V1__LetterSettled, _ arena: Arena) {
        message.letter = arena.data(letter)
        if case .again(let at) = settlement { message.next_attempt_at_ms = at.wire }
    }
}
