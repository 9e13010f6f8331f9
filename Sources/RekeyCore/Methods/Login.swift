/// Step 7 of the guide, "ESPACE PERSONNEL": a password opens a session.
public enum Login: Method {
    public static let name = "rekey.v1.Rekey/Login"
    public static let repeatability = Repeatability.never

    public struct Request: Sendable {
        public var identifier: String
        public var password: Secret
        public var origin: Origin
        /// A session that the user still holds; it ends with a successful login (R59).
        public var earlierSession: Secret?

        public init(
            identifier: String, password: Secret, origin: Origin = Origin(),
            earlierSession: Secret? = nil
        ) {
            self.identifier = identifier
            self.password = password
            self.origin = origin
            self.earlierSession = earlierSession
        }
    }

    public struct Reply: Sendable {
        public var session: Secret
        public var validUntil: Timestamp
        public var idle: Duration

        public init(session: Secret, validUntil: Timestamp, idle: Duration) {
            self.session = session
            self.validUntil = validUntil
            self.idle = idle
        }
    }

    /// What is decided: the reply but for the token, which only the key ring can mint.
    public struct Granted: Hashable, Sendable {
        public var session: SessionID
        public var validUntil: Timestamp
    }

    /// What the hashing said, and about which record.
    public struct Facts: Sendable {
        public var check: PasswordCheck
        public var session: SessionID
        /// For the notices of R53.
        public var letters: LetterPair
        public var earlier: SessionID?

        public init(
            check: PasswordCheck, session: SessionID, letters: LetterPair,
            earlier: SessionID? = nil
        ) {
            self.check = check
            self.session = session
            self.letters = letters
            self.earlier = earlier
        }
    }

    /// One refusal for a wrong password, an unknown identifier and every state without login
    /// (R50), with one event of one size, and two letters at the same failures (R51).
    public static func decide(
        _ subject: Subject, _ facts: Facts, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Granted> {
        guard facts.check.version == subject.passwordVersion else { return .stale }
        guard subject.mayLogIn(policy: policy, now: now), let account = subject.account,
            facts.check.matches
        else {
            let counts = subject.traffic.countsFailure(policy: policy, at: now)
            return Decision(
                .refusal(.loginFailed), events: [.loginFailed(counts ? .counted : .ignored)],
                letters: counts ? subject.failureNotices(facts.letters, policy, now) : [])
        }
        var live = account.sessions.filter {
            $0.isLive(policy: policy, at: now) && $0.id != facts.earlier
        }
        live = live.suffix(policy.sessionsPerAccount - 1)
        let kept = Set(live.map(\.id))
        return Decision(
            .reply(Granted(session: facts.session, validUntil: now + policy.sessionLife)),
            events: [
                .loggedIn(
                    facts.session,
                    ended: account.sessions.map(\.id).filter { !kept.contains($0) })
            ])
    }

    /// After a login that was granted: a record of the same password at today's cost (R45). Nothing
    /// where the password changed meanwhile.
    ///
    /// - Parameter version: of the record that the password was checked against.
    public static func renew(
        _ subject: Subject, _ record: PasswordRecord, of version: UInt64
    ) -> Decision<Nothing> {
        guard subject.account?.password != nil, subject.passwordVersion == version else {
            return Decision(.reply(Nothing()))
        }
        return Decision(.reply(Nothing()), events: [.passwordRehashed(record)])
    }
}

/// What hashing found out, and about which version of the password: facts about another version
/// make a decision answer `.stale`.
public struct PasswordCheck: Hashable, Sendable {
    /// `Subject.passwordVersion` when the record was read.
    public var version: UInt64
    public var matches: Bool

    public init(version: UInt64, matches: Bool) {
        self.version = version
        self.matches = matches
    }
}

extension Subject {
    /// The letters of one more failure that counts: the contacts are told half way to the end of the
    /// password, and when it is reached (R53). Stand-ins where there is nobody to tell.
    fileprivate func failureNotices(
        _ ids: LetterPair, _ policy: Policy, _ now: Timestamp
    ) -> [Letter] {
        let kinds: (mail: LetterKind, sms: LetterKind)
        switch traffic.loginFailures + 1 {
        case policy.failuresBeforePasswordOff: kinds = (.passwordOffMail, .passwordOffSMS)
        case policy.failuresBeforeNotice: kinds = (.failedLoginsMail, .failedLoginsSMS)
        default: return []
        }
        let isTold = account?.password != nil && account?.hold == Account.Hold.none
        return [(ids.first, kinds.mail), (ids.second, kinds.sms)].map { id, kind in
            Letter(
                id: id, subject: self.id, kind: isTold ? kind : nil,
                reset: ResetID(rawValue: 0), codeGeneration: 0, queuedAt: now)
        }
    }

    /// Which password record a check is about; 0 where there is none.
    public var passwordVersion: UInt64 { account?.passwordVersion ?? 0 }
}

extension Refusal {
    /// The same for whatever stands against a login (R50).
    public static let loginFailed = Refusal(
        .loginFailed,
        "identifier and password do not match, or the account cannot log in now")
}
