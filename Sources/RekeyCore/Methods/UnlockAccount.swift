/// Ends a lock, and a suspension of recovery after too many wrong codes.
public enum UnlockAccount: AccountMethod {
    public static let name = "rekey.v1.Operator/UnlockAccount"
    public static let repeatability = Repeatability.withKey
    public typealias Reply = AccountSummary

    public static func decide(
        _ subject: Subject, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard let account = subject.account else { return .refused(.accountUnknown) }
        if account.hold == .disabled {
            return .refused(
                Refusal(.accountState, "the account is disabled; enable it with EnableAccount"))
        }
        var events: [Event] = []
        if account.hold == .locked { events.append(.accountHeld(.none)) }
        if account.isSuspended(policy: policy, at: now) { events.append(.suspensionLifted) }
        return subject.operated(by: events, policy, now)
    }
}
