/// Step 5 of the guide, when no SMS came: a new code for the same link. The old one dies (R34),
/// wrong guesses stay counted (R27).
public enum ResendCode: Method {
    public static let name = "rekey.v1.Rekey/ResendCode"
    public static let repeatability = Repeatability.withKey

    public struct Request: Sendable {
        public var link: Secret
        public var origin: Origin

        public init(link: Secret, origin: Origin = Origin()) {
            self.link = link
            self.origin = origin
        }
    }

    public struct Reply: Hashable, Sendable {
        public var codeValidUntil: Timestamp
        public var resendsLeft: Int

        public init(codeValidUntil: Timestamp, resendsLeft: Int) {
            self.codeValidUntil = codeValidUntil
            self.resendsLeft = resendsLeft
        }
    }

    /// What the link and the generator say.
    public struct Facts: Sendable {
        public var reset: ResetID
        public var letter: LetterID

        public init(reset: ResetID, letter: LetterID) {
            self.reset = reset
            self.letter = letter
        }
    }

    public static func decide(
        _ subject: Subject, _ facts: Facts, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard subject.mayRecover(policy: policy, now: now),
            var reset = subject.account?.openReset(facts.reset, policy: policy, at: now)
        else { return .refused(.linkInvalid) }
        guard reset.resendsLeft(policy: policy) > 0 else {
            return .refused(
                Refusal(
                    .resendsSpent,
                    "no further code can be sent for this link; ask for a new one with RequestReset"
                ))
        }
        reset.codeGeneration += 1
        reset.codeValidUntil = min(now + policy.codeLife, reset.validUntil)
        let letter = Letter(
            id: facts.letter, subject: subject.id,
            kind: reset.purpose == .activation ? .activationCode : .recoveryCode,
            reset: reset.id, codeGeneration: reset.codeGeneration, queuedAt: now)
        return Decision(
            .reply(
                Reply(
                    codeValidUntil: reset.codeValidUntil,
                    resendsLeft: reset.resendsLeft(policy: policy))),
            events: [
                .codeResent(
                    reset.id, generation: reset.codeGeneration,
                    codeValidUntil: reset.codeValidUntil)
            ],
            letters: [letter])
    }
}
