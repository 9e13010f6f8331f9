/// What is to be done with a letter that is due.
public enum Delivery: Hashable, Sendable {
    case send(Envelope)
    /// Not now, but perhaps later: the account is locked, or its recovery suspended.
    case hold
    /// Never: its link or code is dead or superseded (R67), there is nobody to send it to, or SMS do not
    /// go to that country (R07).
    case dead
}

/// To whom a letter goes, and what is minted into it.
public struct Envelope: Hashable, Sendable {
    public var kind: LetterKind
    /// A mail address or a mobile number, from the account (R09); of before its contacts were changed,
    /// until the change stands (R93).
    public var to: String
    public var name: String
    public var language: Language
    /// How long the link opened when it was made, and an account is held for a changed contact or a
    /// deletion; zero for letters without either.
    public var linkLife: Duration
    /// After a change of contacts: those that are other ones now, masked.
    public var newMail: String?
    public var newMobile: String?
}

extension Subject {
    /// What to do with `letter` now.
    public func delivery(of letter: Letter, policy: Policy, now: Timestamp) -> Delivery {
        // An identifier may come back after its account was deleted; older letters are not its own.
        guard let kind = letter.kind,
            let account = kind.tellsOfDeletion ? deletedAccount : account,
            letter.queuedAt >= account.createdAt
        else { return .dead }
        let profile = account.profile
        let change = account.openContactChange(at: now)
        var envelope = Envelope(
            kind: kind,
            to: kind.channel == .mail
                ? change?.mail ?? profile.mail : change?.mobile ?? profile.mobile,
            name: profile.name, language: profile.language, linkLife: .zero)
        switch kind {
        case .recoveredMail, .recoveredSMS:
            break
        case .failedLoginsMail, .failedLoginsSMS:
            guard traffic.loginFailures >= policy.failuresBeforeNotice else { return .dead }
        case .passwordOffMail, .passwordOffSMS:
            guard traffic.isPasswordOff(policy: policy) else { return .dead }
        case .recoveryLink, .activationLink, .recoveryCode, .activationCode:
            guard let reset = account.openReset(letter.reset, policy: policy, at: now)
            else { return .dead }
            if kind.channel == .sms {
                guard reset.codeGeneration == letter.codeGeneration, now < reset.codeValidUntil
                else { return .dead }
            }
            guard mayRecover(policy: policy, now: now) else { return .hold }
            envelope.linkLife = reset.validUntil - reset.openedAt
        case .contactChangedMail, .contactChangedSMS, .accountDeletedMail, .accountDeletedSMS:
            // Whatever the account is held by: who was a contact before must hear of it.
            guard let change, change.id == letter.reset else { return .dead }
            envelope.linkLife = change.heldUntil - letter.queuedAt
            if profile.mail != change.mail { envelope.newMail = Masking.mail(profile.mail) }
            if profile.mobile != change.mobile {
                envelope.newMobile = Masking.mobile(profile.mobile)
            }
        }
        // The policy may have narrowed since the number was written (R07).
        guard kind.channel == .mail || policy.sendsSMS(to: envelope.to) else { return .dead }
        return .send(envelope)
    }
}

extension LetterKind {
    /// It goes out when the account is no longer there.
    fileprivate var tellsOfDeletion: Bool {
        self == .accountDeletedMail || self == .accountDeletedSMS
    }
}

extension Policy {
    /// The pause before the next attempt, after `failures` that failed (1 or more).
    public func letterRetryPause(afterFailures failures: Int) -> Duration {
        min(letterRetryFirst * (1 << min(failures - 1, 20)), letterRetryMax)
    }
}
