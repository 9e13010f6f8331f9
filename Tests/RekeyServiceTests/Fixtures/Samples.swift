import RekeyCore

@testable import RekeyService

/// The institution of the guide, and letters to write for it.
enum Samples {
    static let token = "AbCdEf0123456789_-AbCdEf0123456789_-AbCdEf0123456789_-AbCdEf0123456789_-Ab"
    static let code = "XXXXX"
    static let address = "jeanne.martin@exemple.fr"
    static let mobile = "+33612345678"
    /// 16 July 2019, 15:29:07 UTC.
    static let queued = Timestamp(milliseconds: 1_563_290_947_000)
    static let id = LetterID(rawValue: 0x0011_2233_4455_6677_8899_aabb_ccdd_eeff)

    static func letterhead(
        institution: String = "CREDIT MUNICIPAL DE PARIS",
        signature: String = "CRÉDIT MUNICIPAL DE PARIS",
        addressLines: [String] = ["55 rue des Francs-Bourgeois", "75004 PARIS"],
        openingHours: [Language: String] = [
            .french: "Ouvert du lundi au samedi de 9h00 à 17h00",
            .english: "Open Monday to Saturday from 9 a.m. to 5 p.m.",
        ],
        sender: String = "espacepersonnel@creditmunicipal.fr",
        mailDomain: String = "creditmunicipal.fr",
        linkBase: String = "https://espacepersonnel.creditmunicipal.fr/ep"
    ) throws -> Letterhead {
        try Letterhead(
            institution: institution, signature: signature, addressLines: addressLines,
            openingHours: openingHours, sender: sender, mailDomain: mailDomain, linkBase: linkBase)
    }

    static func contents(
        link: String = token, code: String = code, life: Duration = .hours(12)
    ) -> [LetterContent] {
        [
            .recoveryLink(Secret(link.utf8), life: life), .recoveryCode(Secret(code.utf8)),
            .activationLink(Secret(link.utf8), life: life), .activationCode(Secret(code.utf8)),
            .recoveredMail, .recoveredSMS,
            .contactChangedMail(
                Secret(link.utf8), hold: .hours(24), newMail: "m•••@•••.fr", newMobile: "•••99"),
            .contactChangedSMS(hold: .hours(24)), .failedLoginsMail, .failedLoginsSMS,
            .passwordOffMail, .passwordOffSMS,
            .accountDeletedMail(Secret(link.utf8), hold: .hours(24)),
            .accountDeletedSMS(hold: .hours(24)),
        ]
    }

    static func write(
        _ content: LetterContent, _ language: Language = .french, name: String? = nil,
        letterhead: Letterhead? = nil
    ) throws -> Missive {
        try LetterWriter(letterhead: letterhead ?? Samples.letterhead()).write(
            content, language: language, recipientName: name,
            to: content.kind.channel == .mail ? address : mobile, queued: queued)
    }

    static func mail(
        _ content: LetterContent, _ language: Language = .french, name: String? = nil,
        letterhead: Letterhead? = nil
    ) throws -> Mail {
        guard
            case .mail(let mail) = try write(content, language, name: name, letterhead: letterhead)
        else { throw NotThatChannel() }
        return mail
    }

    static func words(
        _ content: LetterContent, _ language: Language = .french, letterhead: Letterhead? = nil
    ) throws -> String {
        guard case .sms(let text) = try write(content, language, letterhead: letterhead)
        else { throw NotThatChannel() }
        return text.words
    }

    struct NotThatChannel: Error {}
}
