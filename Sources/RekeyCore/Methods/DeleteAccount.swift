/// Removes an account and everything that is known about its owner (R89).
public enum DeleteAccount: AccountMethod {
    public static let name = "rekey.v1.Operator/DeleteAccount"
    public static let repeatability = Repeatability.withKey
    public typealias Reply = Nothing

    public static func decide(
        _ subject: Subject, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard subject.account != nil else { return .refused(.accountUnknown) }
        return Decision(.reply(Nothing()), events: [.accountDeleted])
    }
}
