// What no setting may be, and what a password must be. Runs values only.

import RekeyCore
import Testing

@Suite struct PolicyTests {
    private func faults(
        longCode: Bool = false, shortPassword: Bool = false, _ change: (inout Policy) -> Void
    ) -> [String] {
        var policy = Policy()
        change(&policy)
        return policy.faults(allowingLongCode: longCode, shortPassword: shortPassword)
            .map(\.setting)
    }

    @Test("R80: the defaults need no override, and are those of the requirements")
    func defaults() {
        #expect(faults { _ in } == [])
        let policy = Policy()
        #expect(policy.linkLife == .hours(12) && policy.activationLinkLife == .hours(24))
        #expect(policy.codeLife == .minutes(10) && policy.passwordCodePointsMin == 15)
        #expect(policy.sessionIdle == .minutes(5) && policy.sessionLife == .hours(8))
        #expect(policy.contactHold == .hours(24))
    }

    @Test("R80: a link lives up to 24 h, no override beyond")
    func linkLife() {
        for life in [Duration.hours(24), .hours(1)] { #expect(faults { $0.linkLife = life } == []) }
        for life in [Duration.hours(24) + oneMillisecond, .zero, .seconds(-1)] {
            for allowed in [false, true] {
                let found = faults(longCode: allowed, shortPassword: allowed) {
                    $0.linkLife = life
                }
                #expect(found.contains("policy.link-life"), "\(life)")
            }
            #expect(faults { $0.activationLinkLife = life } == ["policy.activation-link-life"])
        }
    }

    @Test("R80: a code lives up to 10 min, longer by its override and never beyond its link")
    func codeLife() {
        let long = Duration.minutes(10) + oneMillisecond
        #expect(faults { $0.codeLife = .minutes(10) } == [])
        #expect(faults { $0.codeLife = long } == ["policy.code-life"])
        #expect(faults(shortPassword: true) { $0.codeLife = long } == ["policy.code-life"])
        #expect(faults(longCode: true) { $0.codeLife = .hours(12) } == [])
        #expect(
            faults(longCode: true) { $0.codeLife = .hours(12) + oneMillisecond }
                == ["policy.code-life"])
        #expect(faults { $0.codeLife = .zero } == ["policy.code-life"])
    }

    @Test("R80, R35: the shortest password is 15, 8 by its override, and never 7")
    func passwordMin() {
        #expect(faults { $0.passwordCodePointsMin = 14 } == ["policy.password-min"])
        #expect(faults(longCode: true) { $0.passwordCodePointsMin = 14 } == ["policy.password-min"])
        #expect(faults(shortPassword: true) { $0.passwordCodePointsMin = 8 } == [])
        #expect(
            faults(shortPassword: true) { $0.passwordCodePointsMin = 7 } == ["policy.password-min"])
        #expect(faults { $0.passwordCodePointsMin = 64 } == [])
        #expect(faults { $0.passwordCodePointsMin = 65 } == ["policy.password-min"])
    }

    @Test("R62: a session idles up to 1 h, lives up to 24 h, and never idles longer than it lives")
    func sessions() {
        #expect(
            faults {
                $0.sessionIdle = .hours(1)
                $0.sessionLife = .hours(24)
            } == [])
        #expect(faults { $0.sessionIdle = .hours(1) + oneMillisecond } == ["policy.session-idle"])
        #expect(faults { $0.sessionIdle = .zero } == ["policy.session-idle"])
        #expect(faults { $0.sessionLife = .hours(24) + oneMillisecond } == ["policy.session-life"])
        #expect(faults { $0.sessionLife = .minutes(4) } == ["policy.session-life"])
    }

    @Test("R80: every number may be what its bounds say, and no more or less", arguments: 0..<17)
    func numbers(_ index: Int) throws {
        #expect(Policy.numbers.count == 17)
        let number = Policy.numbers[index]
        let (low, high) = (number.range.lowerBound, number.range.upperBound)
        #expect(number.range.contains(Policy()[keyPath: number.value]))
        for (value, isAccepted) in [(low, true), (high, true), (low - 1, false), (high + 1, false)]
        {
            let found = faults { $0[keyPath: number.value] = value }
            #expect(!found.contains(number.setting) == isAccepted, "\(number.setting) \(value)")
        }
    }

    @Test("R26, R27, R52, R53: the lower of two limits is not above the higher one")
    func order() {
        #expect(
            faults { $0.failuresBeforePasswordOff = 4 } == ["policy.failures-before-block"])
        #expect(faults { $0.wrongCodesPerAccount = 4 } == ["policy.wrong-codes-per-reset"])
        #expect(faults { $0.blockFirst = .minutes(31) } == ["policy.block-first"])
        #expect(faults { $0.blockFirst = .zero } == ["policy.block-first"])
        #expect(faults { $0.blockMax = .hours(24) + oneMillisecond } == ["policy.block-max"])
        #expect(
            faults { $0.requestSpacing = .hours(1) + oneMillisecond } == ["policy.request-spacing"])
        #expect(faults { $0.requestSpacing = .zero } == [])
        #expect(faults { $0.smsCountries = [] } == ["policy.sms-countries"])
    }

    @Test("R05, R07, R21, R26, R27, R52, R53, R56: the limits are those of the requirements")
    func limits() {
        let policy = Policy()
        #expect(policy.requestSpacing == .seconds(60) && policy.requestsPerHour == 3)
        #expect(policy.requestsPerLinkLife == 5 && policy.resendsPerReset == 3)
        #expect(policy.wrongCodesPerReset == 5 && policy.wrongCodesPerAccount == 10)
        #expect(policy.failuresBeforeBlock == 5 && policy.failuresBeforePasswordOff == 100)
        #expect(policy.blockFirst == .seconds(1) && policy.blockMax == .minutes(30))
        #expect(policy.lettersPerOrigin == 30 && policy.lettersPerCaller == 10_000)
        #expect(policy.lettersInAll == 50_000 && policy.smsCountries == [.france])
        #expect(policy.forgedLinksPerOrigin == 10 && policy.forgedLinksPerCaller == 600)
        #expect(policy.forgedLinksInAll == 6_000)
        #expect(policy.failedLoginsPerOrigin == 20 && policy.failedLoginsPerCaller == 2_000)
        #expect(policy.failedLoginsInAll == 20_000)
    }

    @Test("R93: a changed contact waits from 1 h to 7 days")
    func contactHold() {
        for hold in [Duration.hours(1), .hours(168)] {
            #expect(faults { $0.contactHold = hold } == [])
        }
        for hold in [Duration.hours(1) - oneMillisecond, .hours(168) + oneMillisecond, .zero] {
            #expect(faults { $0.contactHold = hold } == ["policy.contact-hold"], "\(hold)")
        }
    }

    @Test("R80: every fault is named, not the first one only")
    func all() {
        let found = faults {
            $0.linkLife = .hours(25)
            $0.sessionIdle = .hours(2)
            $0.passwordCodePointsMin = 1
        }
        #expect(Set(found) == ["policy.link-life", "policy.session-idle", "policy.password-min"])
    }

    @Test("R35, R36: fourteen code points are too few, fifteen are enough")
    func shortest() throws {
        let rules = PasswordRules(Policy())
        try rules.judge(codePoints: 15, bytes: 15)
        let refusal = #expect(throws: Refusal.self) { try rules.judge(codePoints: 14, bytes: 900) }
        #expect(refusal?.reason == .passwordUnacceptable)
        #expect(refusal?.details.map(\.problem) == ["at least 15 characters"])
    }

    @Test("R37: 64 characters and 1,024 bytes are accepted, 1,025 refused")
    func longest() throws {
        let rules = PasswordRules(Policy())
        try rules.judge(codePoints: 64, bytes: 64)
        try rules.judge(codePoints: 256, bytes: 1024)
        let refusal = #expect(throws: Refusal.self) { try rules.judge(codePoints: 15, bytes: 1025) }
        #expect(refusal?.reason == .passwordUnacceptable)
        #expect(refusal?.details.map(\.problem) == ["at most 1024 bytes"])
    }
}
