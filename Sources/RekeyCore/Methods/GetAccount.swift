/// An operator looks at one account.
public enum GetAccount: AccountMethod {
    public static let name = "rekey.v1.Operator/GetAccount"
    public static let repeatability = Repeatability.freely
    public typealias Reply = AccountSummary

    public static func decide(
        _ subject: Subject, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        subject.operated(by: [], policy, now)
    }
}
