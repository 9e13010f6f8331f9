import Foundation
import RekeyCore
import Testing

@testable import RekeyService

@Suite struct MailMessageTests {
    @Test("a mail is an Internet message of nine headers and an encoded body")
    func wholeMessage() throws {
        let mail = try Samples.mail(Samples.contents()[0], name: "Zoé Martin")
        let message = String(decoding: MailMessage(mail, id: Samples.id).bytes, as: UTF8.self)
        let expected = """
            From: espacepersonnel@creditmunicipal.fr
            To: =?utf-8?Q?Zo=C3=A9_Martin?=
             <jeanne.martin@exemple.fr>
            Subject: =?utf-8?Q?CREDIT_MUNICIPAL_DE_PARIS_=3A_R=C3=A9initialisation_cod?=
             =?utf-8?Q?e_d=27acc=C3=A8s?=
            Date: Tue, 16 Jul 2019 15:29:07 +0000
            Message-ID: <00112233445566778899aabbccddeeff@creditmunicipal.fr>
            Auto-Submitted: auto-generated
            MIME-Version: 1.0
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Vous avez demand=C3=A9 la r=C3=A9initialisation de votre code d'acc=C3=A8s =
            dans votre espace personnel.

            """.replacing("\n", with: "\r\n")
        #expect(message.hasPrefix(expected))
    }

    @Test("a plain subject travels as it is, one that looks encoded does not")
    func plainSubject() throws {
        let plain = try Samples.mail(.recoveredMail, .english)
        let subject = "CREDIT MUNICIPAL DE PARIS: Your access code has been changed"
        #expect(try MailReader(MailMessage(plain, id: Samples.id).bytes)["Subject"] == subject)
        let sly = try Samples.mail(
            .recoveredMail, .english,
            letterhead: Samples.letterhead(institution: "=?utf-8?Q?=42?="))
        let read = try #require(MailReader(MailMessage(sly, id: Samples.id).bytes)["Subject"])
        #expect(
            try MailReader.words(read) == "=?utf-8?Q?=42?=: Your access code has been changed")
    }

    @Test(
        "a date is RFC 5322's, in UTC",
        arguments: [
            (Int64(0), "Thu, 1 Jan 1970 00:00:00 +0000"),
            (951_827_696_999, "Tue, 29 Feb 2000 12:34:56 +0000"),
            (4_102_444_799_000, "Thu, 31 Dec 2099 23:59:59 +0000"),
        ])
    func dates(milliseconds: Int64, text: String) {
        #expect(MailMessage.date(Timestamp(milliseconds: milliseconds)) == text)
    }

    @Test("an encoded word never splits a character, whatever the width of its scalars")
    func wholeScalars() throws {
        for text in ["é", "漢", "👩", "aé", "ab漢", "abc👩"] {
            let long = String(repeating: text, count: 100)
            let encoded = String(decoding: EncodedWord.encode(long, column: 9), as: UTF8.self)
            // `words` refuses a word that is not valid UTF-8 by itself.
            #expect(try MailReader.words(encoded.replacing("\r\n", with: "")) == long)
            let lines = encoded.utf8.split(separator: 10)
            #expect((lines.first?.count ?? 0) + 9 <= 77)
            #expect(lines.allSatisfy { $0.count <= 77 })  // 76 and the CR
        }
    }

    @Test("quoted-printable gives any text back, in lines of at most 76")
    func roundTrip() throws {
        var hostile = HostileText(seed: 45)
        for length in 0..<300 {
            let random = (0..<length).map { _ in
                ["a", "=", " ", "\t", "é", "\r", "\n", "👩", ".", "\u{0}"]
                    .randomElement(using: &hostile) ?? ""
            }
            let text = random.joined() + (length.isMultiple(of: 2) ? hostile.make() : "")
            let encoded = QuotedPrintable.encode(text)
            let reader = try MailReader(Array("A: b\r\n\r\n".utf8) + encoded)
            #expect(Array(reader.body.utf8) == Array(text.utf8))
            #expect(reader.rawLines.allSatisfy { $0.count <= 76 })
            #expect(reader.rawLines.allSatisfy { $0.last != 0x20 && $0.last != 9 })
        }
    }

    @Test("a line of exactly 76 travels whole, one of 77 is broken softly")
    func lineLimit() {
        let full = String(repeating: "a", count: 76)
        #expect(String(decoding: QuotedPrintable.encode(full), as: UTF8.self) == full)
        #expect(
            String(decoding: QuotedPrintable.encode(full + "b"), as: UTF8.self)
                == String(repeating: "a", count: 75) + "=\r\nab")
    }

    @Test("Python's mail library reads every mail that the courier wrote, hostile names too")
    func python() async throws {
        try await Scratch.with { root in
            let courier = try FolderCourier(root: root + "/letters", outside: root + "/data")
            var hostile = HostileText(seed: 5322)
            var expected: [PythonMail] = []
            for number in 0..<60 {
                let letterhead = try Samples.letterhead(
                    institution: number < 6 ? "CREDIT MUNICIPAL DE PARIS" : hostile.make(),
                    signature: number < 6 ? "CRÉDIT MUNICIPAL DE PARIS" : hostile.make())
                let language = Language.allCases[number % 2]
                let content = Samples.contents()[number % 3 * 2]
                let mail = try Samples.mail(
                    content, language, name: number < 6 ? "Zoé" : hostile.make(),
                    letterhead: letterhead)
                let id = LetterID(rawValue: UInt128(number))
                try await courier.deliver(.mail(mail), id: id)
                expected.append(
                    PythonMail(
                        headers: HostileValueTests.headerNames, subject: mail.subject,
                        to: [Samples.address], date: 1_563_290_947,
                        messageID: "<\(id)@creditmunicipal.fr>", body: mail.body, defects: 0))
            }
            let output = try Python.run(Self.script, argument: root + "/letters/mail")
            let read = try JSONDecoder().decode([PythonMail].self, from: output)
            #expect(read.count == 60)
            for (read, expected) in zip(read, expected) { #expect(read == expected) }
        }
    }

    private struct PythonMail: Codable, Equatable {
        var headers: [String]
        var subject: String
        var to: [String]
        var date: Double
        var messageID: String
        var body: String
        var defects: Int
    }

    private static let script = """
        import email, email.policy, json, mailbox, sys
        box = mailbox.Maildir(sys.argv[1], create=False, factory=lambda file:
            email.message_from_binary_file(file, policy=email.policy.default))
        print(json.dumps([{
            "headers": message.keys(),
            "subject": str(message["subject"]),
            "to": [address.addr_spec for address in message["to"].addresses],
            "date": message["date"].datetime.timestamp(),
            "messageID": message["message-id"],
            "body": message.get_content(),
            "defects": len(message.defects) + sum(len(value.defects) for value in message.values()),
        } for key, message in sorted(box.items())]))
        """
}
