/// Step 6 of the guide, "VALIDER": link and code together set the password their owner chose. The
/// only way a password comes to an account that its owner is not logged in to.
public enum Activate: Method {
    public static let name = "rekey.v1.Rekey/Activate"
    public static let repeatability = Repeatability.withKey

    public struct Request: Sendable {
        public var link: Secret
        public var code: Secret
        public var password: Secret
        public var confirmation: Secret
        public var origin: Origin

        public init(
            link: Secret, code: Secret, password: Secret, confirmation: Secret,
            origin: Origin = Origin()
        ) {
            self.link = link
            self.code = code
            self.password = password
            self.confirmation = confirmation
            self.origin = origin
        }
    }

    public typealias Reply = Nothing

    /// What took a key or milliseconds to find out.
    public struct Facts: Sendable {
        public var reset: ResetID
        /// The code generations that the presented code proves, as bits: bit 0 is the first code.
        public var provenGenerations: UInt64
        public var newPassword: PasswordRecord
        /// For the notices.
        public var letters: LetterPair

        public init(
            reset: ResetID, provenGenerations: UInt64, newPassword: PasswordRecord,
            letters: LetterPair
        ) {
            self.reset = reset
            self.provenGenerations = provenGenerations
            self.newPassword = newPassword
            self.letters = letters
        }
    }

    /// One refusal for everything that is wrong with an authentic link or its code, written with
    /// one event of one size (R30). A guess counts when it was one: a wrong code, while link and
    /// code were open (R26, R27, R29).
    public static func decide(
        _ subject: Subject, _ facts: Facts, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        func refuse(_ counting: Counting) -> Decision<Reply> {
            Decision(
                .refusal(.activationRefused),
                events: [.activationFailed(facts.reset, counting)])
        }
        guard subject.mayRecover(policy: policy, now: now),
            let reset = subject.account?.openReset(facts.reset, policy: policy, at: now),
            now < reset.codeValidUntil
        else { return refuse(.ignored) }
        guard facts.provenGenerations >> UInt64(reset.codeGeneration) & 1 == 1 else {
            return refuse(.counted)
        }
        let kinds: [(LetterID, LetterKind)] = [
            (facts.letters.first, .recoveredMail), (facts.letters.second, .recoveredSMS),
        ]
        return Decision(
            .reply(Nothing()), events: [.activated(reset.id, facts.newPassword)],
            letters: kinds.map { id, kind in
                Letter(
                    id: id, subject: subject.id, kind: kind, reset: reset.id,
                    codeGeneration: reset.codeGeneration, queuedAt: now)
            })
    }
}

extension Refusal {
    /// The same for a wrong or expired code and an expired, spent or burned link (R30).
    public static let activationRefused = Refusal(
        .activationRefused,
        "link and code do not open this account; check the code, or ask for a new one")

    public static let confirmationDiffers = Refusal(
        .confirmationDiffers, "the two passwords differ; type the same one twice",
        details: [FieldProblem(field: "confirmation", problem: "must equal the password")])
}

extension Activate.Request: CarriesPasswords {
    public var withoutPasswords: Self {
        Self(
            link: link, code: code, password: Secret([]), confirmation: Secret([]), origin: origin)
    }
}
