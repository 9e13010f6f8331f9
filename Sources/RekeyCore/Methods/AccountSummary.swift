/// An account as an operator sees it: no password record, no reset, no session, only their number.
public struct AccountSummary: Hashable, Sendable {
    public var id: SubjectID
    public var profile: Profile
    public var state: AccountState
    public var mobileConfirmed: Bool
    public var version: UInt64
    public var createdAt: Timestamp
    public var liveSessions: Int
    public var openResets: Int
    public var loginFailures: Int
    /// Recovery is paused until then, since a contact was changed (R93); nil: it is not.
    public var contactHoldUntil: Timestamp?

    public init(
        id: SubjectID, profile: Profile, state: AccountState, mobileConfirmed: Bool,
        version: UInt64, createdAt: Timestamp, liveSessions: Int, openResets: Int,
        loginFailures: Int, contactHoldUntil: Timestamp?
    ) {
        self.id = id
        self.profile = profile
        self.state = state
        self.mobileConfirmed = mobileConfirmed
        self.version = version
        self.createdAt = createdAt
        self.liveSessions = liveSessions
        self.openResets = openResets
        self.loginFailures = loginFailures
        self.contactHoldUntil = contactHoldUntil
    }
}

extension Subject {
    /// nil where there is no account.
    public func summary(policy: Policy, now: Timestamp) -> AccountSummary? {
        guard let account, let state = state(policy: policy, now: now) else { return nil }
        return AccountSummary(
            id: id, profile: account.profile, state: state,
            mobileConfirmed: account.mobileConfirmed, version: account.version,
            createdAt: account.createdAt,
            liveSessions: account.sessions.count { $0.isLive(policy: policy, at: now) },
            openResets: account.resets.count { $0.isOpen(policy: policy, at: now) },
            loginFailures: traffic.loginFailures,
            contactHoldUntil: account.openContactChange(at: now)?.heldUntil)
    }

    /// The decision of an operator's call that applies `events` and shows the account after them.
    func operated(
        by events: [Event], letters: [Letter] = [], _ policy: Policy, _ now: Timestamp
    ) -> Decision<AccountSummary> {
        var after = self
        for event in events { after.apply(event, at: now) }
        guard let summary = after.summary(policy: policy, now: now) else {
            return .refused(.accountUnknown)
        }
        return Decision(.reply(summary), events: events, letters: letters)
    }
}

extension Refusal {
    public static let accountUnknown = Refusal(
        .accountUnknown, "there is no account with this identifier")
}
