/// Step 5 and 6 of the guide: the link is opened. Reads only, since mail scanners open links too
/// (R16).
public enum ValidateLink: Method {
    public static let name = "rekey.v1.Rekey/ValidateLink"
    public static let repeatability = Repeatability.freely

    public struct Request: Sendable {
        public var link: Secret
        public var origin: Origin

        public init(link: Secret, origin: Origin = Origin()) {
            self.link = link
            self.origin = origin
        }
    }

    public struct Reply: Hashable, Sendable {
        public var validUntil: Timestamp
        public var password: PasswordRules
        /// Where the letters went, masked (R20).
        public var maskedMail: String
        public var maskedMobile: String
        public var codeValidUntil: Timestamp
        public var resendsLeft: Int
        /// The link activates a new account; otherwise it resets a password.
        public var isActivation: Bool

        public init(
            validUntil: Timestamp, password: PasswordRules, maskedMail: String,
            maskedMobile: String, codeValidUntil: Timestamp, resendsLeft: Int, isActivation: Bool
        ) {
            self.validUntil = validUntil
            self.password = password
            self.maskedMail = maskedMail
            self.maskedMobile = maskedMobile
            self.codeValidUntil = codeValidUntil
            self.resendsLeft = resendsLeft
            self.isActivation = isActivation
        }
    }

    /// One refusal for whatever is wrong with an authentic link (R19).
    public static func decide(
        _ subject: Subject, _ id: ResetID, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard subject.mayRecover(policy: policy, now: now), let account = subject.account,
            let reset = account.openReset(id, policy: policy, at: now)
        else { return .refused(.linkInvalid) }
        return Decision(
            .reply(
                Reply(
                    validUntil: reset.validUntil, password: PasswordRules(policy),
                    maskedMail: Masking.mail(account.profile.mail),
                    maskedMobile: Masking.mobile(account.profile.mobile),
                    codeValidUntil: reset.codeValidUntil,
                    resendsLeft: reset.resendsLeft(policy: policy),
                    isActivation: reset.purpose == .activation)))
    }
}

extension Refusal {
    /// The same for a forged, expired, spent, burned or voided link (R19).
    public static let linkInvalid = Refusal(
        .linkInvalid, "this link is not valid; ask for a new one with RequestReset")
}
