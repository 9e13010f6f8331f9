// Letters: from what happened to the words that somebody reads. The outbox comes in with a letter
// that is due and the secret minted for it; out goes a missive for a courier. Nothing here reads a
// clock, a key or the store.
import Mustache
public import RekeyCore

/// Writes the letters of one institution.
public struct LetterWriter: Sendable {
    private let letterhead: Letterhead

    public init(letterhead: Letterhead) {
        self.letterhead = letterhead
    }

    /// The same arguments give the same missive, so that a second attempt repeats the first.
    ///
    /// - Parameters:
    ///   - recipientName: Beside the address in the To of a mail, and nowhere else: a text that
    ///     somebody else may have typed does not speak in the institution's letters.
    ///   - to: A mail address or a mobile number, as the kind of letter has it.
    ///   - queued: When the letter was queued.
    /// - Throws: `LetterError` when `to` cannot be written to; trying again does not help.
    public func write(
        _ content: LetterContent, language: Language, recipientName: String?, to: String,
        queued: Timestamp
    ) throws(LetterError) -> Missive {
        let texts = LetterTexts[language]
        var values = values(language)
        func mail(_ text: LetterTexts.MailText) throws(LetterError) -> Missive {
            guard let address = MailAddress(to) else { throw .mailAddress }
            return .mail(
                Mail(
                    from: letterhead.sender, to: address,
                    recipientName: recipientName,
                    subject: text.subject.render(values), body: text.body.render(values),
                    date: queued, messageDomain: letterhead.mailDomain))
        }
        func sms(_ text: MustacheTemplate) throws(LetterError) -> Missive {
            guard let number = MobileNumber(to) else { throw .mobileNumber }
            return .sms(Text(to: number, words: text.render(values), date: queued))
        }
        /// The page behind the link has to know what it is for.
        func put(link: Secret, for purpose: String = "", life: Duration) {
            values["link"] = letterhead.linkBase + "#" + purpose + Self.text(link)
            values["life"] = language.linkLife(life)
        }
        switch content {
        case .recoveryLink(let link, let life):
            put(link: link, life: life)
            return try mail(texts.recoveryLink)
        case .activationLink(let link, let life):
            put(link: link, life: life)
            return try mail(texts.activationLink)
        case .recoveryCode(let code):
            values["code"] = Self.text(code)
            return try sms(texts.recoveryCode)
        case .activationCode(let code):
            values["code"] = Self.text(code)
            return try sms(texts.activationCode)
        case .recoveredMail:
            return try mail(texts.recoveredMail)
        case .recoveredSMS:
            return try sms(texts.recoveredSMS)
        case .contactChangedMail(let link, let hold, let newMail, let newMobile):
            put(link: link, for: "cancel=", life: hold)
            values["newMail"] = newMail?.oneLine
            values["newMobile"] = newMobile?.oneLine
            return try mail(texts.contactChangedMail)
        case .contactChangedSMS(let hold):
            values["life"] = language.linkLife(hold)
            return try sms(texts.contactChangedSMS)
        case .failedLoginsMail:
            return try mail(texts.failedLoginsMail)
        case .failedLoginsSMS:
            return try sms(texts.failedLoginsSMS)
        case .passwordOffMail:
            return try mail(texts.passwordOffMail)
        case .passwordOffSMS:
            return try sms(texts.passwordOffSMS)
        case .accountDeletedMail(let link, let hold):
            put(link: link, for: "cancel=", life: hold)
            return try mail(texts.accountDeletedMail)
        case .accountDeletedSMS(let hold):
            values["life"] = language.linkLife(hold)
            return try sms(texts.accountDeletedSMS)
        }
    }

    /// What every template may name, each value one line (R11).
    private func values(_ language: Language) -> [String: Any] {
        var values: [String: Any] = [
            "institution": letterhead.institution.oneLine,
            "signature": letterhead.signature.oneLine,
            "addressLines": letterhead.addressLines.map(\.oneLine),
        ]
        values["openingHours"] = letterhead.openingHours[language]?.oneLine
        return values
    }

    private static func text(_ secret: Secret) -> String {
        secret.withBytes { String(decoding: $0, as: UTF8.self) }.oneLine
    }
}
