// Whose numbers SMS go to. Runs values and decisions only.

import Testing

@testable import RekeyCore

@Suite struct CountryTests {
    private static func codes(_ number: String) -> Set<String> {
        Set(MobileNumber(number).map { Country.all(of: $0) }?.map(\.code) ?? [])
    }

    @Test("R07: a country's prefixes lead to it, however long the number")
    func everyPrefix() {
        #expect(Country.prefixes.count == 248)
        for (code, prefixes) in Country.prefixes {
            #expect(code.utf8.count == 2 && code.allSatisfy { ("A"..."Z").contains($0) }, "\(code)")
            for prefix in prefixes {
                // No digit that continues into somebody's longer prefix.
                let number = "+" + prefix + "0000000".prefix(max(1, 8 - prefix.utf8.count))
                #expect(Self.codes(number).contains(code), "\(number) of \(code)")
            }
        }
    }

    @Test(
        "R07: the longest prefix decides, and what is shared belongs to all who share it",
        arguments: [
            ("+33612345678", ["FR"]), ("+262692123456", ["RE", "TF"]), ("+262639123456", ["YT"]),
            ("+262709351234", ["YT"]),
            ("+590690123456", ["BL", "GP", "MF"]), ("+594694123456", ["GF"]),
            ("+596696123456", ["MQ"]), ("+68775123456", ["NC"]),
            ("+68987123456", ["PF"]), ("+50855123456", ["PM"]), ("+68182123456", ["WF"]),
            ("+12125550100", ["UM", "US"]), ("+15145550100", ["CA"]), ("+18765550100", ["JM"]),
            ("+18095550100", ["DO"]), ("+19005550100", ["UM", "US"]), ("+79161234567", ["RU"]),
            ("+77011234567", ["KZ"]), ("+447400123456", ["GB"]), ("+447781123456", ["GG"]),
            ("+447797123456", ["JE"]), ("+447624123456", ["IM"]), ("+393331234567", ["IT"]),
            ("+390669812345", ["VA"]), ("+491511234567", ["DE"]), ("+882161234567", []),
            ("+80012345678", []), ("+21012345678", []),
        ])
    func whose(_ number: String, _ expected: [String]) {
        #expect(Self.codes(number) == Set(expected))
    }

    @Test("A code in small letters, of a country without numbers or of none is no country")
    func unknown() {
        for code in ["", "F", "fr", "FRA", "ZZ", "BV", "HM", "ＦＲ"] {
            #expect(Country(code) == nil, "\(code)")
        }
        #expect(Country("FR") == .france)
    }

    @Test("R07: a number of another country is refused by name, when it is new")
    func refused() {
        for number in ["+262692123456", "+15145550100", "+19005550100", "+882161234567"] {
            var profile = Profile.known
            profile.mobile = number
            let refusal = #expect(throws: Refusal.self) { try profile.checked(Policy()) }
            #expect(refusal?.details.map(\.field) == ["mobile"], "\(number)")

            let story = Story(.active)
            let before = story.subject
            #expect(story.update(mobile: number).refusal?.details.map(\.field) == ["mobile"])
            #expect(story.subject == before)
        }
        var wider = Policy()
        wider.smsCountries = [.france, .reunion]
        #expect(Story(.active, policy: wider).update(mobile: "+262692123456").isReply)
    }

    @Test("R07: once a policy is narrower, no SMS goes out, mails do, and names can be changed")
    func narrowed() throws {
        let story = Story(.active)
        story.requestReset()
        let letters = story.lastLetters
        story.policy.smsCountries = [.reunion]
        #expect(letters.map(\.kind) == [.recoveryLink, .recoveryCode])
        if case .send = story.delivery(of: letters[0]) {} else { Issue.record("no mail") }
        #expect(story.delivery(of: letters[1]) == .dead)
        for kind in LetterKind.allCases where kind.channel == .sms {
            let letter = Letter(
                id: .number(1), subject: story.subject.id, kind: kind,
                reset: try #require(story.openResets.last).id, codeGeneration: 0,
                queuedAt: story.now)
            #expect(story.delivery(of: letter) == .dead, "\(kind)")
        }
        #expect(story.update(name: "Jean Petit").isReply)
        // Silent: whoever asks hears nothing of it.
        story.wait(.hours(1))
        story.requestReset()
        #expect(story.standing == .opened)
    }
}

extension Country {
    fileprivate static let reunion = Country("RE") ?? .france
}
