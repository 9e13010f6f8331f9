/// Stops an account altogether: its sessions and open links end at once (R63, R18).
public enum DisableAccount: AccountMethod {
    public static let name = "rekey.v1.Operator/DisableAccount"
    public static let repeatability = Repeatability.withKey
    public typealias Reply = AccountSummary

    public static func decide(
        _ subject: Subject, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        subject.operated(by: [.accountHeld(.disabled)], policy, now)
    }
}
