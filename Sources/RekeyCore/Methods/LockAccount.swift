/// Stops login and recovery of an account until it is unlocked. Voids nothing: sessions and open
/// links work again after UnlockAccount, as far as their time lasts.
public enum LockAccount: AccountMethod {
    public static let name = "rekey.v1.Operator/LockAccount"
    public static let repeatability = Repeatability.withKey
    public typealias Reply = AccountSummary

    public static func decide(
        _ subject: Subject, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        if subject.account?.hold == .disabled {
            return .refused(
                Refusal(
                    .accountState,
                    "the account is disabled, which stops more than a lock; enable it first"))
        }
        return subject.operated(by: [.accountHeld(.locked)], policy, now)
    }
}
