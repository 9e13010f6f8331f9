import CProtobufC
import CRekeyProto
import RekeyCore
import RekeyWire

/// What was answered under an idempotency key.
struct Outcome: Hashable, WireMessage {
    var caller: String
    var key: [UInt8]
    var fingerprint: [UInt8]
    var at: Timestamp
    var answer: Recorded

    /// An answer without its Swift type.
    enum Recorded: Hashable {
        case reply([UInt8])
        case refusal(Refusal)
    }

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_outcome_row_descriptor()
    }
}

extension Outcome {
    init(_ message: Rekey__V1__OutcomeRow) throws(Refusal) {
        caller = message.caller.text
        key = Array(message.key.bytes)
        fingerprint = Array(message.fingerprint.bytes)
        at = Timestamp(wire: message.at_ms)
        if message.reason.text.isEmpty {
            answer = .reply(Array(message.reply.bytes))
        } else {
            let details: [FieldProblem] = try elements(message.n_details, message.details)
            answer = .refusal(
                Refusal(
                    try known(message.reason.text, "reason"), message.message.text,
                    details: details))
        }
    }

    func fill(_ message: inout Rekey__V1__OutcomeRow, _ arena: Arena) {
        message.caller = arena.string(caller)
        message.key = arena.data(key)
        message.fingerprint = arena.data(fingerprint)
        message.at_ms = at.wire
        switch answer {
        case .reply(let bytes):
            message.reply = arena.data(bytes)
        case .refusal(let refusal):
            message.reason = arena.string(refusal.reason.rawValue)
            message.message = arena.string(refusal.message)
            (message.n_details, message.details) = arena.messages(refusal.details)
        }
    }
}
