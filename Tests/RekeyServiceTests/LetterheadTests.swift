import RekeyCore
import Testing

@testable import RekeyService

@Suite struct LetterheadTests {
    @Test(
        "R15: a link base that is not a plain https URL is refused",
        arguments: [
            "http://a.fr/ep", "https://", "https:///ep", "//a.fr", "javascript:alert(1)",
            "https://a.fr/ep#", "https://a.fr/#x", "https://user@a.fr/", "https://a.fr/ e",
            "https://a.fr/\r\nX", "https://a.fr/<b>", "https://a.fr/é", "HTTPS://a.fr", "",
        ])
    func linkBase(base: String) {
        let error = #expect(throws: LetterError.self) { try Samples.letterhead(linkBase: base) }
        #expect(error?.description.hasPrefix("letters.link-base must be an https URL") == true)
    }

    @Test(
        "R15: an https URL is a link base", arguments: ["https://a.fr", "https://a.fr:8443/e?f=1"])
    func goodLinkBase(base: String) throws {
        #expect(try Samples.letterhead(linkBase: base).linkBase == base)
    }

    @Test("a sender or a mail domain that cannot stand in a header is refused by its name")
    func headerSettings() {
        for sender in ["", "a", "a@", "@a.fr", "a@b@c.fr", "A <a@b.fr>", "a@b.fr\r\nBcc: c@d.fr"] {
            #expect(
                throws: LetterError.setting(
                    "letters.sender", "a mail address of the form name@domain")
            ) { try Samples.letterhead(sender: sender) }
        }
        for domain in ["", ".", "a..fr", "a.fr>", "a b", "é.fr", "a.fr\n"] {
            #expect(
                throws: LetterError.setting("letters.mail-domain", "a domain name in ASCII")
            ) { try Samples.letterhead(mailDomain: domain) }
        }
    }

    @Test(
        "R08: the stored spelling of an address is kept",
        arguments: [
            "Jeanne.MARTIN+x@Exemple.fr", "o'neil@a-b.fr", "a_b@xn--bcher-kva.example",
        ])
    func spelling(text: String) throws {
        let address = try #require(MailAddress(text))
        #expect(Array(address.text.utf8) == Array(text.utf8))
    }

    @Test("R11: no mark that separates or quotes may stand in an address, on either side of the @")
    func separators() {
        for mark in " \t\r\n\0<>,;:\\\"()[]@\u{7F}\u{85}\u{A0}\u{2028}\u{202E}\u{3000}"
            .unicodeScalars
        {
            #expect(MailAddress("a\(mark)b@exemple.fr") == nil)
            #expect(MailAddress("a@exemple\(mark)b.fr") == nil)
        }
        let tooLong = String(repeating: "a", count: 244) + "@exemple.fr"
        #expect(MailAddress(tooLong) == nil)
    }

    @Test(
        "R11: a mobile number is + and 8 to 15 digits and nothing else",
        arguments: [
            "0612345678", "+0612345678", "+33 612345678", "+336123", "+1234567890123456",
            "+33612345678\n",
            "+3361234567\u{0668}", "", "+",
        ])
    func mobile(text: String) {
        #expect(MobileNumber(text) == nil)
    }
}
