// The plain numbers that an institution may set, each with its bounds; what reads settings and what
// judges a policy come in.

extension Policy {
    /// One number: the setting's name, where it is kept, and what it may be.
    public struct Number: Sendable {
        public let setting: String
        public let value: any WritableKeyPath<Policy, Int> & Sendable
        public let range: ClosedRange<Int>

        fileprivate init(
            _ setting: String, _ value: any WritableKeyPath<Policy, Int> & Sendable,
            _ range: ClosedRange<Int>
        ) {
            self.setting = "policy.\(setting)"
            self.value = value
            self.range = range
        }
    }

    /// What is told to whoever is over it may be as high as anybody likes: proofs and benchmarks have no
    /// other way. What guards one account stays where guessing stays hopeless: 100 failures in a row are
    /// the most that NIST SP 800-63B-4, 3.2.2, lets anybody have.
    public static let numbers: [Number] = [
        Number("requests-per-hour", \.requestsPerHour, 1...Traffic.resetRequestsMax),
        Number("requests-per-link-life", \.requestsPerLinkLife, 1...Traffic.resetRequestsMax),
        Number("resends", \.resendsPerReset, 0...resendsMax),
        Number("wrong-codes-per-reset", \.wrongCodesPerReset, 1...10),
        Number("wrong-codes-per-account", \.wrongCodesPerAccount, 1...100),
        Number("failures-before-block", \.failuresBeforeBlock, 1...100),
        Number("failures-before-password-off", \.failuresBeforePasswordOff, 1...100),
        Number("sessions-per-account", \.sessionsPerAccount, 1...100),
        Number("letters-per-origin", \.lettersPerOrigin, loud),
        Number("letters-per-caller", \.lettersPerCaller, loud),
        Number("letters-in-all", \.lettersInAll, loud),
        Number("forged-links-per-origin", \.forgedLinksPerOrigin, loud),
        Number("forged-links-per-caller", \.forgedLinksPerCaller, loud),
        Number("forged-links-in-all", \.forgedLinksInAll, loud),
        Number("failed-logins-per-origin", \.failedLoginsPerOrigin, loud),
        Number("failed-logins-per-caller", \.failedLoginsPerCaller, loud),
        Number("failed-logins-in-all", \.failedLoginsInAll, loud),
    ]

    /// Which of them a code may be is looked at for all of these: the setting may have been higher when
    /// the code was sent.
    public static let resendsMax = 10

    private static let loud = 1...1_000_000_000
}
