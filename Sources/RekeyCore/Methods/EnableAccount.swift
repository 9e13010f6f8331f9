/// Lets a disabled account be used again. What disabling ended stays ended.
public enum EnableAccount: AccountMethod {
    public static let name = "rekey.v1.Operator/EnableAccount"
    public static let repeatability = Repeatability.withKey
    public typealias Reply = AccountSummary

    public static func decide(
        _ subject: Subject, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        if subject.account?.hold == .locked {
            return .refused(
                Refusal(.accountState, "the account is locked; unlock it with UnlockAccount"))
        }
        let events: [Event] = subject.account?.hold == .disabled ? [.accountHeld(.none)] : []
        return subject.operated(by: events, policy, now)
    }
}
