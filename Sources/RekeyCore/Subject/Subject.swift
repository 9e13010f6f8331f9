/// The unit of every decision: the row under the keyed hash of a canonical identifier. For a
/// decision it always exists; whether an account is behind it changes no cost (R01, R04).
public struct Subject: Hashable, Sendable {
    public let id: SubjectID
    public var traffic: Traffic
    public var account: Account?
    /// The account that was here, while who was its contact may take its deletion back (R93). To
    /// every call but that one, and CreateAccount, it is as if it were not here.
    public var deletedAccount: Account?

    public init(
        id: SubjectID, traffic: Traffic = Traffic(), account: Account? = nil,
        deletedAccount: Account? = nil
    ) {
        self.id = id
        self.traffic = traffic
        self.account = account
        self.deletedAccount = deletedAccount
    }

    /// There is no account in its row, not even a deleted one.
    public var isVacant: Bool { account == nil && deletedAccount == nil }

    /// Nothing is known about it any more, so that its row may go. A deletion that stands takes what
    /// strangers' requests counted with it: nothing personal waits for them to be forgotten (R89).
    public func isEmpty(at now: Timestamp) -> Bool {
        guard account == nil else { return false }
        if let deletedAccount { return deletedAccount.openContactChange(at: now) == nil }
        return traffic.isForgotten(at: now)
    }

    /// What the state table calls this account now; nil where there is none.
    public func state(policy: Policy, now: Timestamp) -> AccountState? {
        guard let account else { return nil }
        if account.hold == .disabled { return .disabled }
        if account.hold == .locked { return .locked }
        if !account.wasActivated { return .pending }
        if account.password == nil || traffic.isPasswordOff(policy: policy) { return .passwordOff }
        if account.isSuspended(policy: policy, at: now) { return .suspended }
        if traffic.isBlocked(policy: policy, at: now) { return .blocked }
        return .active
    }

    /// Whether a right password opens a session now.
    public func mayLogIn(policy: Policy, now: Timestamp) -> Bool {
        guard let account, account.hold == .none, account.password != nil else { return false }
        return !traffic.isPasswordOff(policy: policy)
            && !traffic.isBlocked(policy: policy, at: now)
    }

    /// Whether link and code may set a password now.
    public func mayRecover(policy: Policy, now: Timestamp) -> Bool {
        guard let account, account.hold == .none, account.openContactChange(at: now) == nil
        else { return false }
        return !account.isSuspended(policy: policy, at: now)
    }

    /// Whether some link opens now, so that a limit of requests locks nobody out (R05).
    func holdsLink(policy: Policy, now: Timestamp) -> Bool {
        account?.resets.contains { $0.isOpen(policy: policy, at: now) } ?? false
    }
}
