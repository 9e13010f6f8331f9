/// Every number of the user guide and of the requirements, in one place, with its unit and source.
///
/// The defaults are what the service does when nobody says otherwise. `faults` names what may
/// never be accepted (R80).
public struct Policy: Equatable, Sendable {
    // MARK: The link

    /// How long the link of a reset opens (guide step 5; R14). Ceiling 24 h.
    public var linkLife: Duration = .hours(12)
    /// How long the link of a new account opens.
    public var activationLinkLife: Duration = .hours(24)

    // MARK: The code

    /// How long one code is good (NIST SP 800-63B-4, 3.1.3.2; R24). Longer only by a named override.
    public var codeLife: Duration = .minutes(10)
    /// How many new codes one link may ask for (R27).
    public var resendsPerReset = 3
    /// Wrong codes that burn a reset (R26).
    public var wrongCodesPerReset = 5
    /// Wrong codes, over all resets of an account, that suspend its recovery (R27) …
    public var wrongCodesPerAccount = 10
    /// … and for how long one of them counts.
    public var wrongCodeWindow: Duration = .hours(24)

    // MARK: Requests for a reset (R05)

    public var requestSpacing: Duration = .seconds(60)
    public var requestsPerHour = 3
    /// Counted over `linkLife`: whoever is over it holds a live link.
    public var requestsPerLinkLife = 5

    // MARK: The pace of many: limits of an origin, of a caller and of the whole (R91, R92)

    /// Letters that are asked for (R07): an hour for an origin, a day for a caller and in all.
    public var lettersPerOrigin = 30
    public var lettersPerCaller = 10_000
    public var lettersInAll = 50_000
    /// Forged links, a minute (R21).
    public var forgedLinksPerOrigin = 10
    public var forgedLinksPerCaller = 600
    public var forgedLinksInAll = 6_000
    /// Failed logins, an hour (R56).
    public var failedLoginsPerOrigin = 20
    public var failedLoginsPerCaller = 2_000
    public var failedLoginsInAll = 20_000

    /// Whose numbers SMS are sent to (R07).
    public var smsCountries: Set<Country> = [.france]

    // MARK: Changed contacts

    /// For how long after a change of contacts the account is not recovered, or after a deletion its
    /// place not taken, and either may be taken back (R93). 1 h to 7 days.
    public var contactHold: Duration = .hours(24)

    // MARK: Passwords

    /// Unicode code points after NFC (R35, R36). 8 to 14 only by a named override.
    public var passwordCodePointsMin = 15
    /// Bytes of UTF-8 after NFC (R37).
    public var passwordBytesMax = 1024

    /// What a new record costs to compute: 19 MiB, two passes (R43). An older one below it is made
    /// anew at the next login (R45).
    public var hashCost = HashCost.floor
    /// Passwords that wait for a hashing thread, at most (R86); one more is refused.
    public var hashingQueueMax = 32

    // MARK: Login

    /// Failures in a row that block login for a while (R52) …
    public var failuresBeforeBlock = 5
    /// … first for this long, doubling with each further one …
    public var blockFirst: Duration = .seconds(1)
    /// … up to this.
    public var blockMax: Duration = .minutes(30)
    /// Failures in a row that switch the password off until a recovery (R53).
    public var failuresBeforePasswordOff = 100
    /// Half way there the contacts are told: at 50.
    public var failuresBeforeNotice: Int { (failuresBeforePasswordOff + 1) / 2 }

    // MARK: Sessions

    /// Ended by this long without use (R62). Ceiling 1 h.
    public var sessionIdle: Duration = .minutes(5)
    /// Ended by this long since login (R62). Ceiling 24 h.
    public var sessionLife: Duration = .hours(8)
    /// The oldest ends when one more begins (R64).
    public var sessionsPerAccount = 10
    /// A session's last use is written at most this often; after a restart it may end this much
    /// early, never late.
    public var sessionUseSpacing: Duration = .seconds(30)

    // MARK: Time

    /// A start this far behind the last durable time is refused.
    public var clockBehindMax: Duration = .minutes(5)
    /// A wall clock this far ahead of the time that went by is not believed.
    public var clockAheadMax: Duration = .hours(1)

    // MARK: Letters

    /// Letters waiting to be sent, over all accounts, at most.
    public var lettersDueMax = 100_000
    /// The pause after a courier's first failure; it doubles …
    public var letterRetryFirst: Duration = .seconds(5)
    /// … up to this.
    public var letterRetryMax: Duration = .minutes(10)

    public init() {}
}
