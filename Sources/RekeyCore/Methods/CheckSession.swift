/// Asks who a session belongs to, and keeps it alive.
public enum CheckSession: Method {
    public static let name = "rekey.v1.Rekey/CheckSession"
    public static let repeatability = Repeatability.freely

    public struct Request: Sendable {
        public var session: Secret
        public init(session: Secret) { self.session = session }
    }

    public struct Reply: Hashable, Sendable {
        public var account: SubjectID
        public var identifier: String
        public var name: String
        public var validUntil: Timestamp
        public var idleUntil: Timestamp

        public init(
            account: SubjectID, identifier: String, name: String, validUntil: Timestamp,
            idleUntil: Timestamp
        ) {
            self.account = account
            self.identifier = identifier
            self.name = name
            self.validUntil = validUntil
            self.idleUntil = idleUntil
        }
    }

    public static func decide(
        _ subject: Subject, _ id: SessionID, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard let (account, session) = subject.usableSession(id, policy: policy, now: now)
        else { return .refused(.sessionInvalid) }
        let validUntil = session.validUntil(policy: policy)
        return Decision(
            .reply(
                Reply(
                    account: subject.id, identifier: account.profile.identifier,
                    name: account.profile.name, validUntil: validUntil,
                    idleUntil: min(now + policy.sessionIdle, validUntil))),
            events: [.sessionUsed(id)],
            durability: session.durabilityOfUse(policy: policy, at: now))
    }
}

extension Subject {
    /// The live session with this id, and its account. A locked account keeps its sessions, and
    /// they do not work while it is locked.
    func usableSession(
        _ id: SessionID, policy: Policy, now: Timestamp
    ) -> (Account, Session)? {
        guard let account, account.hold == .none,
            let session = account.liveSession(id, policy: policy, at: now)
        else { return nil }
        return (account, session)
    }
}

extension Refusal {
    public static let sessionInvalid = Refusal(
        .sessionInvalid, "this session is over or never was; log in again")
}
