extension Policy {
    /// The ceilings of what is made under a key: R80's for links, R62's, and our own.
    public static let linkLifeMax = Duration.hours(24)
    public static let sessionLifeMax = Duration.hours(24)
    public static let contactHoldMax = Duration.hours(7 * 24)

    /// A number that is outside its bounds: the setting's name and the bound, for an operator.
    public struct Fault: Error, Equatable, Sendable {
        public let setting: String
        public let bound: String
    }

    /// What R80 and the bounds of `numbers` do not accept, first fault first; empty when the policy may be used.
    ///
    /// - Parameters:
    ///   - longCode: the named override for a code that lives longer than 10 min.
    ///   - shortPassword: the named override for a password minimum of 8 to 14.
    public func faults(allowingLongCode longCode: Bool, shortPassword: Bool) -> [Fault] {
        var faults: [Fault] = []
        func require(_ holds: Bool, _ setting: String, _ bound: String) {
            if !holds { faults.append(Fault(setting: setting, bound: bound)) }
        }
        require(
            linkLife >= .minutes(10) && linkLife <= Self.linkLifeMax, "policy.link-life",
            "at least 10 min and at most 24 h")
        require(
            activationLinkLife >= .minutes(10) && activationLinkLife <= Self.linkLifeMax,
            "policy.activation-link-life", "at least 10 min and at most 24 h")
        require(codeLife > .zero && codeLife <= linkLife, "policy.code-life", "within the link's")
        require(
            codeLife <= .minutes(10) || longCode, "policy.code-life",
            "at most 10 min unless policy.allow-long-code is true")
        require(
            contactHold >= .hours(1) && contactHold <= Self.contactHoldMax, "policy.contact-hold",
            "at least 1 h and at most 168 h")
        require(passwordCodePointsMin >= 8, "policy.password-min", "8 or more")
        require(passwordCodePointsMin <= 64, "policy.password-min", "at most 64")
        require(
            passwordCodePointsMin >= 15 || shortPassword, "policy.password-min",
            "15 or more unless policy.allow-short-password is true")
        require(
            sessionIdle > .zero && sessionIdle <= .hours(1), "policy.session-idle",
            "more than 0 and at most 1 h")
        require(
            sessionLife >= sessionIdle && sessionLife <= Self.sessionLifeMax, "policy.session-life",
            "at least policy.session-idle and at most 24 h")
        require(
            requestSpacing >= .zero && requestSpacing <= .hours(1), "policy.request-spacing",
            "at most 1 h")
        require(
            blockFirst >= .seconds(1) && blockFirst <= blockMax, "policy.block-first",
            "at least 1 s and at most policy.block-max")
        // Failures of a subject are forgotten after a day, and its block with them.
        require(blockMax <= Traffic.memory, "policy.block-max", "at most 24 h")
        require(hashCost.hasAcceptableMemory, "hashing.memory-mib", "a number from 19 to 1024")
        require(hashCost.hasAcceptablePasses, "hashing.passes", "a number from 2 to 10")
        for number in Self.numbers {
            let range = number.range
            require(
                range.contains(self[keyPath: number.value]), number.setting,
                "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        require(
            failuresBeforeBlock <= failuresBeforePasswordOff, "policy.failures-before-block",
            "at most policy.failures-before-password-off")
        require(
            wrongCodesPerReset <= wrongCodesPerAccount, "policy.wrong-codes-per-reset",
            "at most policy.wrong-codes-per-account")
        require(!smsCountries.isEmpty, "policy.sms-countries", "one country or more")
        return faults
    }
}
