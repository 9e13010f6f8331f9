/// One account. Its identifier never changes; contacts do.
public struct Account: Hashable, Sendable {
    public var profile: Profile
    /// Grows with every change that an operator would want to have seen.
    public var version: UInt64
    public var createdAt: Timestamp
    /// The mobile number took part in a finished activation (R09).
    public var mobileConfirmed: Bool
    public var hold: Hold
    /// nil until its owner activates it: nobody sets a password for somebody else (R78).
    public var password: PasswordRecord?
    /// Grows with every new record, so that facts about an older one are seen to be stale. It
    /// begins at the time of creation, so that facts about a deleted account are stale for the
    /// next one under the same identifier too.
    public var passwordVersion: UInt64
    /// Spent and voided ones are gone; an expired or burned one may still be here.
    public var resets: [Reset]
    /// When wrong codes were given, over all resets, oldest first (R27).
    public var wrongCodes: [Timestamp]
    /// Oldest first.
    public var sessions: [Session]
    /// The last change of its contacts, or its deletion, while it may be taken back and until anything
    /// happens after that (R88).
    public var contactChange: ContactChange?

    public init(profile: Profile, createdAt: Timestamp) {
        self.profile = profile
        self.createdAt = createdAt
        version = 1
        mobileConfirmed = false
        hold = .none
        password = nil
        passwordVersion = Self.firstVersion(createdAt)
        resets = []
        wrongCodes = []
        sessions = []
        contactChange = nil
    }

    /// Its owner had a password once, if not now: the key ring may have been lost since.
    public var wasActivated: Bool { passwordVersion > Self.firstVersion(createdAt) }

    /// What is kept of it while its deletion may be taken back: nothing that opens anything. Then
    /// its password is off, until its owner recovers it; what else stopped it, stops it again.
    func deleted(_ change: ContactChange) -> Account {
        var account = self
        account.password = nil
        account.passwordVersion &+= 1
        account.resets = []
        account.sessions = []
        account.contactChange = change
        return account
    }

    private static func firstVersion(_ createdAt: Timestamp) -> UInt64 {
        UInt64(max(0, createdAt.milliseconds))
    }

    /// What an operator holds an account by.
    public enum Hold: UInt32, Sendable {
        case none = 1
        case locked
        case disabled
    }

    /// The reset with this id if neither time (R14) nor wrong codes (R26) have ended it.
    public func openReset(_ id: ResetID, policy: Policy, at now: Timestamp) -> Reset? {
        resets.first { $0.id == id && $0.isOpen(policy: policy, at: now) }
    }

    /// The session with this id if neither its age nor a pause has ended it (R62).
    public func liveSession(_ id: SessionID, policy: Policy, at now: Timestamp) -> Session? {
        sessions.first { $0.id == id && $0.isLive(policy: policy, at: now) }
    }

    /// R27.
    func isSuspended(policy: Policy, at now: Timestamp) -> Bool {
        wrongCodes.count { now - $0 < policy.wrongCodeWindow } >= policy.wrongCodesPerAccount
    }
}
