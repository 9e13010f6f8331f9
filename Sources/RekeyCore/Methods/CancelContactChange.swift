/// Somebody who was a contact before takes back what was changed, or that the account was deleted
/// (R93). Only this does: a mail scanner that opens the link changes nothing (R16).
public enum CancelContactChange: Method {
    public static let name = "rekey.v1.Rekey/CancelContactChange"
    public static let repeatability = Repeatability.withKey

    public struct Request: Sendable {
        public var link: Secret
        public var origin: Origin

        public init(link: Secret, origin: Origin = Origin()) {
            self.link = link
            self.origin = origin
        }
    }

    public typealias Reply = Nothing

    /// Whatever an operator did to the account meanwhile: a lock must not outlast the hold for a
    /// thief. One refusal for whatever is wrong with an authentic link (R19).
    public static func decide(
        _ subject: Subject, _ id: ResetID, _ now: Timestamp
    ) -> Decision<Reply> {
        let account = subject.account ?? subject.deletedAccount
        guard let change = account?.openContactChange(at: now), change.id == id else {
            return .refused(.linkInvalid)
        }
        return Decision(.reply(Nothing()), events: [.contactChangeCancelled(id)])
    }
}
