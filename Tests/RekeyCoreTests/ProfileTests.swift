// What an operator may write about an account. Runs values only.

import RekeyCore
import Testing

@Suite struct ProfileTests {
    private func refusedField(_ change: (inout Profile) -> Void) -> String? {
        var profile = Profile.known
        change(&profile)
        do {
            #expect(try profile.checked() == profile)
            return nil
        } catch {
            #expect(error.reason == .fieldInvalid)
            return error.details.first?.field
        }
    }

    @Test("A mail address is a dot-atom at a domain of two labels or more")
    func mailAccepted() {
        let longest =
            String(repeating: "l", count: 64) + "@" + String(repeating: "d", count: 63) + "."
            + String(repeating: "e", count: 63) + "." + String(repeating: "f", count: 58) + ".fr"
        #expect(longest.utf8.count == 254)
        for mail in [
            "a@b.fr", "Jeanne.Martin+x@mail.example.co.uk", "!#$%&'*+/=?^_`{|}~-@x-1.fr",
            "a@xn--exmple-cua.fr", longest,
        ] {
            #expect(refusedField { $0.mail = mail } == nil, "\(mail)")
        }
        #expect(refusedField { $0.mail = "l" + longest } == "mail")
        #expect(refusedField { $0.mail = longest.replacing("f.fr", with: "ff.fr") } == "mail")
    }

    @Test("R11: what is no such address, or could write a header of its own, is refused")
    func mailRefused() {
        for mail in [
            "", "@", "a@", "@b.fr", "a", "a@b", "a@b@c.fr", ".a@b.fr", "a.@b.fr", "a..b@c.fr",
            "a@.fr", "a@b.", "a@b..fr", "a@-b.fr", "a@b-.fr", "a@b_c.fr", "\"a\"@b.fr",
            "a@[127.0.0.1]", "a b@c.fr", " a@b.fr", "a@b.fr ", "a@b.fr\n", "a@b.fr\r\nBcc: c@d.fr",
            "a\u{0}@b.fr", "jérôme@b.fr", "a@bé.fr", "a@b\u{FF0E}fr", "a,b@c.fr", "a;b@c.fr",
            "<a@b.fr>", "a(b)@c.fr", "a@b.fr\u{202E}", "a\\@b.fr",
            "a@" + String(repeating: "d", count: 64) + ".fr",
        ] {
            #expect(refusedField { $0.mail = mail } == "mail", "\(mail.debugDescription)")
        }
    }

    @Test("A mobile number is in international form, 8 to 15 digits, and nothing else")
    func mobile() {
        for mobile in ["+33612345678", "+12345678", "+123456789012345"] {
            #expect(refusedField { $0.mobile = mobile } == nil, "\(mobile)")
        }
        for mobile in [
            "", "+", "0612345678", "33612345678", "+1234567", "+1234567890123456", "+0612345678",
            "+33 612345678", "+336-12345678", "+3361234567\u{0668}", "+\u{FF13}3612345678",
            "++33612345678", "+33612345678\n", "+33612345678;x",
        ] {
            #expect(refusedField { $0.mobile = mobile } == "mobile", "\(mobile.debugDescription)")
        }
    }

    @Test("R11: a name has 1 to 128 bytes of plain text")
    func name() {
        for name in ["J", "Jérôme O’Neill-Ñuñez", "李雷", "👩🏽‍🔬", String(repeating: "é", count: 64)] {
            #expect(refusedField { $0.name = name } == nil, "\(name)")
        }
        for name in ["", String(repeating: "é", count: 64) + "e", "a\r\nb", "a\nb", "a\u{202E}b"] {
            #expect(refusedField { $0.name = name } == "name", "\(name.debugDescription)")
        }
    }

    @Test("R11, R71: no character of plain text ends a line, controls a terminal or turns the text")
    func plainText() {
        let forbidden: [ClosedRange<UInt32>] = [
            0x0...0x1F, 0x7F...0x9F, 0x61C...0x61C, 0x200E...0x200F, 0x2028...0x202E,
            0x2066...0x2069,
        ]
        for value in UInt32(0)...0x3000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let plain = !forbidden.contains { $0.contains(value) }
            #expect(scalar.isPlain == plain, "U+\(String(value, radix: 16))")
        }
        #expect("é e\u{301} 👩🏽‍🔬 中".isPlainText)
        // A grapheme hides its line end from `contains("\n")`.
        #expect(!"a\r\nb".isPlainText)
        #expect(!"e\u{301}\u{202E}".isPlainText)
    }
}
