/// An operator changes name, contacts or language. A changed contact voids every open reset (R18),
/// is told to who was one before, and gets no letters of a recovery for a while (R93).
public enum UpdateAccount: Method {
    public static let name = "rekey.v1.Operator/UpdateAccount"
    public static let repeatability = Repeatability.withKey

    public struct Request: Hashable, Sendable {
        public var identifier: String
        /// The version that was read.
        public var expectedVersion: UInt64
        /// nil: as it is.
        public var name: String?
        public var mail: String?
        public var mobile: String?
        public var language: Language?

        public init(
            identifier: String, expectedVersion: UInt64, name: String? = nil, mail: String? = nil,
            mobile: String? = nil, language: Language? = nil
        ) {
            self.identifier = identifier
            self.expectedVersion = expectedVersion
            self.name = name
            self.mail = mail
            self.mobile = mobile
            self.language = language
        }

        public var changesContacts: Bool { mail != nil || mobile != nil }
    }

    public typealias Reply = AccountSummary

    /// For a change of contacts.
    public typealias Facts = ContactChange.Facts

    public static func decide(
        _ subject: Subject, _ request: Request, _ facts: Facts, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard let account = subject.account else { return .refused(.accountUnknown) }
        guard account.version == request.expectedVersion else {
            return .refused(
                Refusal(
                    .accountChanged,
                    "the account has changed since version \(request.expectedVersion); "
                        + "read it again and repeat"))
        }
        var profile = account.profile
        profile.name = request.name ?? profile.name
        profile.mail = request.mail ?? profile.mail
        profile.mobile = request.mobile ?? profile.mobile
        profile.language = request.language ?? profile.language
        do {
            // A number that was allowed when it was written does not stand in the way of a new name.
            profile = try request.mobile == nil ? profile.checked() : profile.checked(policy)
        } catch {
            return .refused(error)
        }
        let change = account.contactChange(
            to: profile, id: facts.change, policy: policy, at: now)
        return subject.operated(
            by: [.accountUpdated(profile, change)],
            letters: change?.letters(
                .contactChangedMail, .contactChangedSMS, to: subject.id, ids: facts.letters,
                at: now) ?? [],
            policy, now)
    }
}
