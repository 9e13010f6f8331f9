/// What a letter is about. The raw value is stored.
public enum LetterKind: UInt8, CaseIterable, Sendable {
    case recoveryLink = 1
    case recoveryCode
    case activationLink
    case activationCode
    case recoveredMail
    case recoveredSMS
    case contactChangedMail
    case contactChangedSMS
    case failedLoginsMail
    case failedLoginsSMS
    case passwordOffMail
    case passwordOffSMS
    case accountDeletedMail
    case accountDeletedSMS
    // Not 15, which is what a stand-in carries on disk.

    /// By what way it goes.
    public enum Channel: Sendable { case mail, sms }

    public var channel: Channel {
        switch self {
        case .recoveryLink, .activationLink, .recoveredMail, .contactChangedMail,
            .failedLoginsMail, .passwordOffMail, .accountDeletedMail:
            .mail
        case .recoveryCode, .activationCode, .recoveredSMS, .contactChangedSMS, .failedLoginsSMS,
            .passwordOffSMS, .accountDeletedSMS:
            .sms
        }
    }
}
