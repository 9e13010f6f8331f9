import RekeyAccess
import RekeyCore
import RekeySecrets
import RekeyService
import RekeyStore

extension Settings {
    var accessFiles: AccessFiles {
        AccessFiles(
            certificate: path("tls.certificate"), key: path("tls.key"),
            authority: path("tls.authority"), callers: path("tls.callers"),
            revoked: path("tls.revoked"))
    }

    /// The policy, within what may be accepted at all (R80).
    func policy() throws -> Policy {
        var policy = Policy()
        policy.linkLife = try duration("policy.link-life")
        policy.activationLinkLife = try duration("policy.activation-link-life")
        policy.codeLife = try duration("policy.code-life")
        policy.contactHold = try duration("policy.contact-hold")
        policy.passwordCodePointsMin = try number("policy.password-min", in: 0...1024)
        policy.sessionIdle = try duration("policy.session-idle")
        policy.sessionLife = try duration("policy.session-life")
        policy.requestSpacing = try duration("policy.request-spacing")
        policy.blockFirst = try duration("policy.block-first")
        policy.blockMax = try duration("policy.block-max")
        policy.hashCost = HashCost(
            memoryKiB: UInt32(try number("hashing.memory-mib", in: 19...1024)) * 1024,
            passes: UInt32(try number("hashing.passes", in: 2...10)))
        policy.hashingQueueMax = try number("hashing.queue", in: 1...10_000)
        policy.smsCountries = try countries("policy.sms-countries")
        for number in Policy.numbers {
            policy[keyPath: number.value] = try self.number(number.setting, in: number.range)
        }
        let faults = policy.faults(
            allowingLongCode: try flag("policy.allow-long-code"),
            shortPassword: try flag("policy.allow-short-password"))
        if let fault = faults.first { throw wrong(fault.setting, fault.bound) }
        return policy
    }

    /// How many passwords are hashed at once (R86).
    func hashingThreads() throws -> Int {
        let threads = try number("hashing.threads", in: 0...256)
        return threads == 0 ? HashingPool.processorCount : threads
    }

    /// "FR,BE": codes of countries, separated by commas.
    private func countries(_ key: String) throws -> Set<Country> {
        let codes = string(key).split(separator: ",").map { $0.filter { $0 != " " } }
        return try Set(
            codes.map { code in
                guard let country = Country(code) else {
                    throw wrong(
                        key, "codes of countries of ISO 3166-1 in capitals, and \(code) is none")
                }
                return country
            })
    }

    /// What R80 lets pass only by a named override, for a line of the log at every start.
    func overrides() throws -> [String] {
        try [
            "policy.allow-long-code", "policy.allow-short-password", "clock.accept-behind",
            "clock.accept-ahead",
        ].filter { try flag($0) }
    }

    func acceptedClocks() throws -> AcceptedClocks {
        var accepted: AcceptedClocks = []
        if try flag("clock.accept-behind") { accepted.insert(.behind) }
        if try flag("clock.accept-ahead") { accepted.insert(.ahead) }
        return accepted
    }

    func letterhead() throws -> Letterhead {
        var hours: [Language: String] = [:]
        for language in Language.allCases {
            let text = string("letters.opening-hours-\(language.rawValue)")
            hours[language] = text.isEmpty ? nil : text
        }
        do {
            return try Letterhead(
                institution: string("letters.institution"),
                signature: string("letters.signature"),
                addressLines: string("letters.address").split(separator: ",").map(String.init),
                openingHours: hours, sender: string("letters.sender"),
                mailDomain: string("letters.mail-domain"), linkBase: string("letters.link-base"))
        } catch {
            throw Failure(error)
        }
    }
}
