import RekeyCore
import Testing

@testable import RekeyService

@Suite struct LetterWriterTests {
    @Test("the recovery mail is the guide's, character by character, with our link")
    func guideMail() throws {
        let mail = try Samples.mail(Samples.contents()[0])
        let expected = Guide.mailBody.replacing(
            "https://espacepersonnel.creditmunicipal.fr/ep...",
            with: "https://espacepersonnel.creditmunicipal.fr/ep#" + Samples.token)
        #expect(Array(mail.body.utf8) == Array(expected.utf8))
        #expect(Array(mail.subject.utf8) == Array(Guide.mailSubject.utf8))
        #expect(mail.from.text == "espacepersonnel@creditmunicipal.fr")
    }

    @Test("R67: the recovery SMS is the guide's, character by character: sender, purpose, code")
    func guideSMS() throws {
        let words = try Samples.words(Samples.contents()[1])
        #expect(Array(words.utf8) == Array(Guide.sms.utf8))
    }

    @Test("R67: a mail never carries a code and an SMS never a link", arguments: Language.allCases)
    func channelsApart(language: Language) throws {
        for content in Samples.contents(code: "q7KfZ") {
            switch try Samples.write(content, language) {
            case .mail(let mail):
                #expect(content.kind.channel == .mail)
                #expect(!(mail.subject + mail.body).contains("q7KfZ"))
                let link: String? =
                    switch content.kind {
                    case .recoveryLink, .activationLink: "ep#" + Samples.token + ">"
                    case .contactChangedMail, .accountDeletedMail:
                        "ep#cancel=" + Samples.token + ">"
                    default: nil
                    }
                #expect(link.map(mail.body.contains) ?? true)
                #expect(mail.body.contains(Samples.token) == (link != nil))
            case .sms(let text):
                #expect(content.kind.channel == .sms)
                #expect(!text.words.contains(Samples.token) && !text.words.contains("https"))
                let hasCode = [.recoveryCode, .activationCode].contains(content.kind)
                #expect(text.words.contains("q7KfZ") == hasCode)
            }
        }
    }

    @Test("R65: the notice of a recovery says what to do if it was not you, and no secret")
    func notices() throws {
        let french = try Samples.mail(.recoveredMail).body
        #expect(french.contains("« Code d'accès oublié »") && french.contains("Prévenez-nous"))
        let english = try Samples.mail(.recoveredMail, .english).body
        #expect(english.contains("Forgotten access code") && english.contains("let us know"))
        #expect(try Samples.words(.recoveredSMS).contains("Si ce n'était pas vous"))
        #expect(try Samples.words(.recoveredSMS, .english).contains("If this was not you"))
    }

    @Test("R93: a change of contacts is told in French, with what changed and how to take it back")
    func changedFrench() throws {
        let mail = try Samples.mail(Samples.contents()[6])
        #expect(mail.subject == "CREDIT MUNICIPAL DE PARIS : Vos coordonnées ont été modifiées")
        #expect(
            mail.body.hasPrefix(
                """
                Les coordonnées de votre espace personnel ont été modifiées.

                Nouvelle adresse mail : m•••@•••.fr
                Nouveau numéro de mobile : •••99

                Par sécurité, votre code d'accès ne peut pas être réinitialisé pendant 24h. Votre \
                mot de passe actuel reste valable.

                Si vous êtes à l'origine de cette modification, vous n'avez rien d'autre à faire.

                Si vous n'en êtes pas à l'origine, annulez-la en cliquant sur l'URL ci-dessous :

                <https://espacepersonnel.creditmunicipal.fr/ep#cancel=\(Samples.token)>

                Vos coordonnées précédentes seront rétablies et toutes les connexions en cours \
                seront fermées. Prévenez-nous ensuite à l'adresse ci-dessous.

                Veuillez ne pas répondre à ce courriel.


                """))
        #expect(
            try Samples.words(Samples.contents()[7])
                == """
                CREDIT MUNICIPAL DE PARIS : vos coordonnées ont été modifiées, réinitialisation \
                suspendue 24h. Si ce n'était pas vous, annulez par le lien de notre mail.
                """)
    }

    @Test("R93: a change of contacts is told in English, with what changed and how to take it back")
    func changedEnglish() throws {
        let mail = try Samples.mail(Samples.contents()[6], .english)
        #expect(
            mail.subject == "CREDIT MUNICIPAL DE PARIS: Your contact details have been changed")
        #expect(
            mail.body.hasPrefix(
                """
                The contact details of your personal account have been changed.

                New mail address: m•••@•••.fr
                New mobile number: •••99

                To be safe, your access code cannot be reset for 24 hours. Your present password \
                remains valid.

                If you made this change, there is nothing else you need to do.

                If you did not, click the URL below to cancel it:

                <https://espacepersonnel.creditmunicipal.fr/ep#cancel=\(Samples.token)>

                Your earlier contact details will be restored, and you will be logged out \
                everywhere. Then let us know at the address below.

                Please do not reply to this email.


                """))
        #expect(
            try Samples.words(Samples.contents()[7], .english)
                == """
                CREDIT MUNICIPAL DE PARIS: your contact details have been changed, no reset for \
                24 hours. If this was not you, cancel it with the link in our mail.
                """)
    }

    @Test("R93: a contact that is as before is not called new", arguments: Language.allCases)
    func unchanged(language: Language) throws {
        let news = [Language.french: "Nouve", .english: "New "][language] ?? ""
        for (mail, mobile) in [("m•••@•••.fr", nil), (nil, "•••99"), (nil, nil)] {
            let body = try Samples.mail(
                .contactChangedMail(
                    Secret(Samples.token.utf8), hold: .hours(24), newMail: mail, newMobile: mobile),
                language
            ).body
            let told = [mail, mobile].compactMap { $0 }
            #expect(body.matches(of: try Regex(news)).count == told.count)
            #expect(told.allSatisfy(body.contains) && !body.contains("{{"))
        }
    }

    @Test("every kind of letter can be written, and none is missing from these tests")
    func allKinds() {
        #expect(Samples.contents().map(\.kind) == LetterKind.allCases)
    }

    @Test("every value lands and no tag is left over", arguments: Language.allCases)
    func complete(language: Language) throws {
        for content in Samples.contents() {
            switch try Samples.write(content, language) {
            case .mail(let mail):
                #expect(mail.subject.hasPrefix("CREDIT MUNICIPAL DE PARIS"))
                #expect(!(mail.subject + mail.body).contains("{{"))
                let close = try #require(Samples.letterhead().openingHours[language])
                #expect(
                    mail.body.hasSuffix(
                        """


                        CRÉDIT MUNICIPAL DE PARIS
                        55 rue des Francs-Bourgeois
                        75004 PARIS

                        \(close)

                        """))
            case .sms(let text):
                #expect(text.words.hasPrefix("CREDIT MUNICIPAL DE PARIS"))
                #expect(!text.words.contains("{{"))
            }
        }
    }

    @Test("an institution without address and opening hours signs with its name")
    func bareLetterhead() throws {
        let bare = try Samples.letterhead(addressLines: [], openingHours: [:])
        let body = try Samples.mail(.recoveredMail, letterhead: bare).body
        #expect(body.hasSuffix("\nCordialement,\n\nCRÉDIT MUNICIPAL DE PARIS\n"))
    }

    @Test("an SMS is one message in the GSM 7-bit alphabet", arguments: Language.allCases)
    func oneMessage(language: Language) throws {
        let gsm = Set("@£$¥èéùìòÇØøÅåÆæßÉ !\"#%&'()*+,-./:;<=>?¡ÄÖÑÜ§¿äöñüà".unicodeScalars)
        for content in Samples.contents() where content.kind.channel == .sms {
            let words = try Samples.words(content, language)
            #expect(words.unicodeScalars.count <= 160)
            for scalar in words.unicodeScalars where !gsm.contains(scalar) {
                #expect(
                    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
                        || ("0"..."9").contains(scalar))
            }
        }
    }

    @Test(
        "a letter says how long its link opens, and never longer than it does",
        arguments: [
            (Duration.hours(12), "12h", "12 hours"), (.hours(24), "24h", "24 hours"),
            (.minutes(90), "1h30", "1 hour 30 minutes"), (.minutes(65), "1h05", "1 hour 5 minutes"),
            (.minutes(45), "45 minutes", "45 minutes"), (.seconds(119), "1 minute", "1 minute"),
            (.hours(12) - .seconds(1), "11h59", "11 hours 59 minutes"),
            (.seconds(59), "moins d'une minute", "less than a minute"),
        ])
    func life(life: Duration, french: String, english: String) throws {
        let content = Samples.contents(life: life)[0]
        #expect(try Samples.mail(content).body.contains("durée de validité de \(french).\n"))
        #expect(try Samples.mail(content, .english).body.contains("is valid for \(english).\n"))
    }

    @Test("a second writing of the same letter repeats the first")
    func stable() throws {
        for content in Samples.contents() {
            #expect(try Samples.write(content, name: "Zoé") == Samples.write(content, name: "Zoé"))
        }
    }

    @Test("a contact that cannot be written to is refused, and the error does not repeat it")
    func unusableContact() throws {
        let writer = LetterWriter(letterhead: try Samples.letterhead())
        #expect(throws: LetterError.mailAddress) {
            try writer.write(
                .recoveredMail, language: .french, recipientName: nil, to: "a@b.fr, c@d.fr",
                queued: Samples.queued)
        }
        #expect(throws: LetterError.mobileNumber) {
            try writer.write(
                .recoveredSMS, language: .french, recipientName: nil, to: "0612345678",
                queued: Samples.queued)
        }
    }

    @Test("R69: a missive prints neither its words nor its address")
    func hidden() throws {
        for content in Samples.contents(code: "q7KfZ") {
            let missive = try Samples.write(content, name: "Jeanne")
            var dumped = ""
            dump(missive, to: &dumped)
            for print in ["\(missive)", String(reflecting: missive), dumped, "\(content)"] {
                for secret in [Samples.token, "q7KfZ", Samples.address, Samples.mobile, "Jeanne"] {
                    #expect(!print.contains(secret))
                }
            }
        }
    }
}
