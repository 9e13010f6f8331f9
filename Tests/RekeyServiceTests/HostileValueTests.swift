import RekeyCore
import Testing

@testable import RekeyService

@Suite struct HostileValueTests {
    static let headerNames = [
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type", "Content-Transfer-Encoding",
    ]

    @Test(
        "R11: no value alters the headers, the SMS or the template of any letter",
        arguments: Language.allCases)
    func fuzz(language: Language) throws {
        var text = HostileText(seed: language == .french ? 11 : 12)
        for _ in 0..<150 {
            let (institution, signature, hours) = (text.make(), text.make(), text.make())
            let (address, name, link, code) = (text.make(), text.make(), text.make(), text.make())
            let letterhead = try Samples.letterhead(
                institution: institution, signature: signature,
                addressLines: [address, "75004 PARIS"],
                openingHours: [language: hours])
            for content in Samples.contents(link: link, code: code) {
                switch try Samples.write(content, language, name: name, letterhead: letterhead) {
                case .mail(let mail):
                    let reader = try MailReader(MailMessage(mail, id: Samples.id).bytes)
                    // The letter that placeholders give, with the cleaned values put in by hand.
                    let model = try Samples.mail(
                        Samples.contents(link: "LINK")[Int(content.kind.rawValue) - 1], language,
                        letterhead: Samples.letterhead(
                            institution: "INSTITUTION", signature: "SIGNATURE",
                            addressLines: ["ADDRESS", "75004 PARIS"],
                            openingHours: [language: "HOURS"]))
                    let body = substitute(
                        model.body,
                        ["LINK": link, "SIGNATURE": signature, "ADDRESS": address, "HOURS": hours])
                    let subject = substitute(model.subject, ["INSTITUTION": institution])
                    #expect(reader.headers.map(\.name) == Self.headerNames)
                    #expect(same(reader.body, body))
                    #expect(same(try MailReader.words(reader["Subject"] ?? ""), subject))
                    let to = try #require(reader["To"])
                    #expect(to.hasSuffix(" <\(Samples.address)>"))
                    #expect(
                        same(
                            try MailReader.words(String(to.dropLast(Samples.address.count + 3))),
                            clean(name)))
                    #expect(reader.rawLines.allSatisfy { $0.count <= 76 })
                    #expect(reader.rawLines.joined().allSatisfy { (0x20...0x7E).contains($0) })
                case .sms(let sms):
                    let model = try Samples.words(
                        Samples.contents(code: "CODE")[Int(content.kind.rawValue) - 1], language,
                        letterhead: Samples.letterhead(institution: "INSTITUTION"))
                    let words = substitute(model, ["INSTITUTION": institution, "CODE": code])
                    #expect(same(sms.words, words))
                    #expect(sms.words.unicodeScalars.allSatisfy { !isHostile($0) })
                }
            }
        }
    }

    @Test("R11: an address that could carry a second one or a header is refused")
    func hostileAddresses() throws {
        var text = HostileText(seed: 13)
        for _ in 0..<2_000 {
            let candidate = text.make() + "@" + text.make() + ".fr"
            guard let address = MailAddress(candidate) else { continue }
            let scalars = address.text.unicodeScalars
            #expect(scalars.filter { $0 == "@" }.count == 1)
            #expect(
                scalars.allSatisfy {
                    !isHostile($0) && !" <>,;:\\\"()[]".unicodeScalars.contains($0)
                })
        }
    }

    private func substitute(_ text: String, _ values: [String: String]) -> String {
        // On placeholders in one pass: a value may itself hold the name of another placeholder.
        var output = String.UnicodeScalarView()
        var rest = Array(text.unicodeScalars)[...]
        scan: while let scalar = rest.first {
            for (name, value) in values where rest.starts(with: name.unicodeScalars) {
                output.append(contentsOf: clean(value).unicodeScalars)
                rest = rest.dropFirst(name.unicodeScalars.count)
                continue scan
            }
            output.append(scalar)
            rest = rest.dropFirst()
        }
        return String(output)
    }

    private func clean(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { isHostile($0) ? " " : $0 }))
    }

    /// Written out here, so that a hole in the rule of the program does not hide itself.
    private func isHostile(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0...0x1F, 0x7F...0x9F, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }

    /// By bytes: `==` takes canonically equivalent texts for the same.
    private func same(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }
}
