/// Removes an account and everything that is known about its owner (R89). One that was ever activated
/// is over at once as well, but who was its contact may take that back for a while, and until then
/// nobody opens another under its identifier: a stolen desk could give that to a thief (R93).
public enum DeleteAccount: Method {
    public static let name = "rekey.v1.Operator/DeleteAccount"
    public static let repeatability = Repeatability.withKey
    public typealias Request = AccountRequest
    public typealias Reply = Nothing
    public typealias Facts = ContactChange.Facts

    public static func decide(
        _ subject: Subject, _ facts: Facts, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard let account = subject.account else { return .refused(.accountUnknown) }
        let change = account.deletion(id: facts.change, policy: policy, at: now)
        return Decision(
            .reply(Nothing()), events: [.accountDeleted(change)],
            letters: change?.letters(
                .accountDeletedMail, .accountDeletedSMS, to: subject.id, ids: facts.letters,
                at: now) ?? [])
    }
}
