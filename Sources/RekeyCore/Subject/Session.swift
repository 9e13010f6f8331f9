/// One session of an account.
public struct Session: Hashable, Sendable {
    public var id: SessionID
    public var openedAt: Timestamp
    public var usedAt: Timestamp

    public init(id: SessionID, openedAt: Timestamp, usedAt: Timestamp) {
        self.id = id
        self.openedAt = openedAt
        self.usedAt = usedAt
    }

    /// The first instant at which it is over, however much it is used (R62).
    public func validUntil(policy: Policy) -> Timestamp { openedAt + policy.sessionLife }

    /// The first instant at which it is over unless it is used before (R62).
    public func idleUntil(policy: Policy) -> Timestamp { usedAt + policy.sessionIdle }

    func isLive(policy: Policy, at now: Timestamp) -> Bool {
        now < validUntil(policy: policy) && now < idleUntil(policy: policy)
    }

    /// How a use now is kept: written once per `sessionUseSpacing`, in memory between.
    func durabilityOfUse(policy: Policy, at now: Timestamp) -> Durability {
        let slot = max(1, policy.sessionUseSpacing.milliseconds)
        return now.milliseconds / slot == usedAt.milliseconds / slot ? .memory : .written
    }
}
