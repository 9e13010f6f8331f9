import RekeyCore
import Testing

@Suite struct MaskingTests {
    @Test(
        "R70: of a mail address the first letter and the top-level domain are left",
        arguments: [
            ("jeanne.martin@exemple.fr", "j•••@•••.fr"), ("j@x.co.uk", "j•••@•••.uk"),
            ("élodie@exemple.fr", "é•••@•••.fr"), ("7@localhost", "7•••@•••"),
            ("\u{202E}a@exemple.fr", "•••@•••.fr"), ("a@exemple.f\nr", "a•••@•••"),
            ("\"a@b\"@exemple.fr", "•••@•••.fr"), ("@", "•••@•••"), ("no address", "•••"),
            ("", "•••"),
        ])
    func mail(address: String, masked: String) {
        #expect(Masking.mail(address) == masked)
    }

    @Test(
        "R70: of a mobile number the last two digits are left",
        arguments: [
            ("+33612345678", "•••78"), ("+1 (555) 010-9999", "•••99"), ("1234567", "•••67"),
            ("123456", "•••"), ("+33\u{661}\u{662}", "•••"), ("", "•••"),
        ])
    func mobile(number: String, masked: String) {
        #expect(Masking.mobile(number) == masked)
    }

    @Test("R20: the mask has the same length however long the contact is")
    func lengths() {
        #expect(Masking.mail("a@b.fr") == Masking.mail("aaaaaaaaaaaaaaaa@bbbbbbbbbbbb.cc.fr"))
    }
}
