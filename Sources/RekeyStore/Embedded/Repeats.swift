import RekeyCore

/// How one call is recognised when it comes again, and how its answer is kept.
struct Repeats<Reply: Sendable> {
    var key: IdempotencyKey
    var encode: (Reply) -> [UInt8]
    var decode: ([UInt8]) -> Reply?

    /// What a repeat hears: the first answer, or that its key stands for another call.
    func answer(to first: Outcome) -> Answer<Reply> {
        guard first.fingerprint == key.fingerprint else {
            return .refusal(.idempotencyKeyReused)
        }
        switch first.answer {
        case .refusal(let refusal):
            return .refusal(refusal)
        case .reply(let bytes):
            guard let reply = decode(bytes) else {
                return .refusal(Refusal(.internalFault, "the first answer cannot be read"))
            }
            return .reply(reply)
        }
    }

    /// What is kept of an answer; nil when there is none yet.
    func outcome(of answer: Answer<Reply>, at now: Timestamp) -> Outcome? {
        let recorded: Outcome.Recorded
        switch answer {
        case .reply(let reply): recorded = .reply(encode(reply))
        case .refusal(let refusal): recorded = .refusal(refusal)
        case .stale: return nil
        }
        return Outcome(
            caller: key.caller, key: key.key, fingerprint: key.fingerprint, at: now,
            answer: recorded)
    }
}
