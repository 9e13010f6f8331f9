public import RekeyCore

/// One letter to write, with the one secret that its channel may carry.
///
/// No case of a mail has room for a code and no case of an SMS for a link: R67 holds because the
/// other letter cannot be spelled.
public enum LetterContent: Sendable {
    /// - Parameters:
    ///   - link: The token that goes behind the `#` of the link.
    ///   - life: How long the link opens, told in hours and minutes.
    case recoveryLink(_ link: Secret, life: Duration)
    case recoveryCode(_ code: Secret)
    /// As `recoveryLink`, for a new account.
    case activationLink(_ link: Secret, life: Duration)
    case activationCode(_ code: Secret)
    case recoveredMail
    case recoveredSMS
    /// To who was a contact before.
    ///
    /// - Parameters:
    ///   - link: The token that takes the change back.
    ///   - hold: For how long it does, and the account is not recovered.
    ///   - newMail: The new address, masked; nil: it is the same. So with `newMobile`.
    case contactChangedMail(
        _ link: Secret, hold: Duration, newMail: String?, newMobile: String?)
    case contactChangedSMS(hold: Duration)
    case failedLoginsMail
    case failedLoginsSMS
    case passwordOffMail
    case passwordOffSMS
    /// To who was a contact of a deleted account.
    ///
    /// - Parameters:
    ///   - link: The token that takes the deletion back.
    ///   - hold: For how long it does.
    case accountDeletedMail(_ link: Secret, hold: Duration)
    case accountDeletedSMS(hold: Duration)

    public var kind: LetterKind {
        switch self {
        case .recoveryLink: .recoveryLink
        case .recoveryCode: .recoveryCode
        case .activationLink: .activationLink
        case .activationCode: .activationCode
        case .recoveredMail: .recoveredMail
        case .recoveredSMS: .recoveredSMS
        case .contactChangedMail: .contactChangedMail
        case .contactChangedSMS: .contactChangedSMS
        case .failedLoginsMail: .failedLoginsMail
        case .failedLoginsSMS: .failedLoginsSMS
        case .passwordOffMail: .passwordOffMail
        case .passwordOffSMS: .passwordOffSMS
        case .accountDeletedMail: .accountDeletedMail
        case .accountDeletedSMS: .accountDeletedSMS
        }
    }
}
