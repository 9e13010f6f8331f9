/// Step 2 to 4 of the guide: "code d'accès oublié". Same answer whoever asks.
public enum RequestReset: Method {
    public static let name = "rekey.v1.Rekey/RequestReset"
    public static let repeatability = Repeatability.withKey

    public struct Request: Sendable {
        public var identifier: String
        public var origin: Origin

        public init(identifier: String, origin: Origin = Origin()) {
            self.identifier = identifier
            self.origin = origin
        }
    }

    public struct Reply: Hashable, Sendable {
        /// For how long the link opens, if one was sent.
        public var linkLife: Duration

        public init(linkLife: Duration) { self.linkLife = linkLife }
    }

    /// Drawn before the decision, for everybody alike.
    public struct Facts: Sendable {
        public var reset: ResetID
        public var letters: LetterPair

        public init(reset: ResetID, letters: LetterPair) {
            self.reset = reset
            self.letters = letters
        }
    }

    /// One event of one size and two letters, whatever the subject is (R01, R04): a reset for
    /// whoever may recover and is under the limit of R05, stand-ins for everybody else. The limit
    /// holds only for whoever has a live link: requests also count while recovery is stopped, and
    /// a link can be burned, so being over it does not prove one.
    public static func decide(
        _ subject: Subject, _ facts: Facts, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        let reset = Reset(
            id: facts.reset,
            purpose: subject.account.map(\.wasActivated) ?? true ? .recovery : .activation,
            openedAt: now, validUntil: now + policy.linkLife,
            codeValidUntil: now + policy.codeLife)
        let admitted = subject.traffic.admitsReset(policy: policy, at: now)
        let standing: RequestStanding =
            if subject.mayRecover(policy: policy, now: now) {
                admitted || !subject.holdsLink(policy: policy, now: now) ? .opened : .ignored
            } else {
                admitted ? .counted : .ignored
            }
        return Decision(
            .reply(Reply(linkLife: policy.linkLife)),
            events: [.resetRequested(reset, standing)],
            letters: reset.letters(
                to: subject.id, ids: facts.letters, standIns: standing != .opened))
    }
}
