import Mustache
import RekeyCore

/// The texts of all letters in one language: Mustache templates, part of the program.
///
/// They know `institution`, `signature`, `addressLines`, `openingHours`, and, each where it belongs,
/// `link` and `life`, `code`, `newMail` and `newMobile`. Values are data: nothing in a value is ever
/// read as a template, and nothing is escaped for HTML. The texts of SMS keep to the GSM 7-bit alphabet (3GPP TS 23.038,
/// section 6.2.1), which has è, é, à and ù but neither ç nor ê: one letter outside it halves what
/// fits and doubles what is paid.
struct LetterTexts: Sendable {
    struct MailText: Sendable {
        let subject: MustacheTemplate
        let body: MustacheTemplate

        init(subject: String, body: String) {
            self.subject = LetterTexts.template(subject)
            self.body = LetterTexts.template(body)
        }
    }

    let recoveryLink: MailText
    let recoveryCode: MustacheTemplate
    let activationLink: MailText
    let activationCode: MustacheTemplate
    let recoveredMail: MailText
    let recoveredSMS: MustacheTemplate
    let contactChangedMail: MailText
    let contactChangedSMS: MustacheTemplate
    let failedLoginsMail: MailText
    let failedLoginsSMS: MustacheTemplate
    let passwordOffMail: MailText
    let passwordOffSMS: MustacheTemplate
    let accountDeletedMail: MailText
    let accountDeletedSMS: MustacheTemplate

    static subscript(language: Language) -> LetterTexts {
        switch language {
        case .french: french
        case .english: english
        }
    }

    /// A template of plain text. A constant of this program that does not parse is our own bug,
    /// which every test of a letter finds.
    static func template(_ text: String) -> MustacheTemplate {
        do {
            return try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + text)
        } catch {
            preconditionFailure("a letter's template does not parse: \(error)")
        }
    }
}
