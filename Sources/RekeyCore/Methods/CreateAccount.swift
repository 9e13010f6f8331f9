/// An operator opens an account. It is pending until its owner activates it with the link and the
/// code that go out now: nobody ever sets a password for somebody else (R78).
public enum CreateAccount: Method {
    public static let name = "rekey.v1.Operator/CreateAccount"
    public static let repeatability = Repeatability.withKey

    public struct Request: Hashable, Sendable {
        public var identifier: String
        public var name: String
        public var mail: String
        public var mobile: String
        public var language: Language

        public init(
            identifier: String, name: String, mail: String, mobile: String, language: Language
        ) {
            self.identifier = identifier
            self.name = name
            self.mail = mail
            self.mobile = mobile
            self.language = language
        }
    }

    public typealias Reply = AccountSummary

    public struct Facts: Sendable {
        public var profile: Profile
        public var reset: ResetID
        public var letters: LetterPair

        public init(profile: Profile, reset: ResetID, letters: LetterPair) {
            self.profile = profile
            self.reset = reset
            self.letters = letters
        }
    }

    /// Outside the limits of R05: those are for strangers.
    public static func decide(
        _ subject: Subject, _ facts: Facts, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard subject.account == nil else {
            return .refused(
                Refusal(.accountExists, "there is already an account with this identifier"))
        }
        if let change = subject.deletedAccount?.openContactChange(at: now) {
            let hours = Int(((change.heldUntil - now) / .hours(1)).rounded(.up))
            return .refused(
                Refusal(
                    .accountExists,
                    "the account with this identifier was deleted, and its owner can still take "
                        + "that back; create another one in \(hours) h"))
        }
        let reset = Reset(
            id: facts.reset, purpose: .activation, openedAt: now,
            validUntil: now + policy.activationLinkLife, codeValidUntil: now + policy.codeLife)
        return subject.operated(
            by: [.accountCreated(facts.profile, reset)],
            letters: reset.letters(to: subject.id, ids: facts.letters), policy, now)
    }
}
