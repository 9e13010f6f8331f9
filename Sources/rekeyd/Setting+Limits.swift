// The settings of limits, for Setting.swift's list. The bounds are RekeyCore's, in Policy+Faults.swift
// and Policy+Numbers.swift.

import RekeyCore

extension Setting {
    /// Those of one account or identifier are silent, those of an origin, a caller and in all are told.
    static let limits: [Setting] = [
        Setting(
            key: "policy.request-spacing", standard: "60s",
            help: "Requests for a reset of one identifier: one in this time, at most 1h …"),
        number(
            "policy.requests-per-hour", "… so many an hour …"),
        number(
            "policy.requests-per-link-life",
            "… and so many in policy.link-life. Over these limits nothing is sent, and nobody is "
                + "told."),
        number("policy.resends", "How often one link may ask for a new code."),
        number("policy.wrong-codes-per-reset", "Wrong codes after which a link is dead."),
        number(
            "policy.wrong-codes-per-account",
            "Wrong codes in 24 h that suspend an account's recovery."),
        number(
            "policy.failures-before-block", "Failed logins in a row that block login for a while."),
        Setting(
            key: "policy.block-first", standard: "1s",
            help: "The first block; each further failure doubles it …"),
        Setting(key: "policy.block-max", standard: "30min", help: "… up to this; at most 24h."),
        number(
            "policy.failures-before-password-off",
            "Failed logins in a row that switch the password off until a recovery."),
        number(
            "policy.sessions-per-account", "Sessions of one account; the oldest ends for a newer."),
        Setting(
            key: "policy.sms-countries", standard: "FR",
            help: "Countries whose numbers SMS are sent to: ISO 3166-1 codes of two letters, "
                + "separated by commas. No account may have another one's number. Each has its own: "
                + "FR is +33 alone, RE is +262, CA and US share +1 by area code."),
        number(
            "policy.letters-per-origin",
            "RequestReset and ResendCode on behalf of one origin (an IPv4 address, an IPv6 /64), an "
                + "hour. Over this limit and those below a call is refused with RATE_LIMITED."),
        number("policy.letters-per-caller", "The same of one caller, a day."),
        number("policy.letters-in-all", "The same of all together, a day."),
        number("policy.forged-links-per-origin", "Forged links from one origin, a minute."),
        number("policy.forged-links-per-caller", "The same from one caller, a minute."),
        number("policy.forged-links-in-all", "The same from all together, a minute."),
        number("policy.failed-logins-per-origin", "Failed logins from one origin, an hour."),
        number("policy.failed-logins-per-caller", "The same from one caller, an hour."),
        number("policy.failed-logins-in-all", "The same from all together, an hour."),
    ]

    /// One of `Policy.numbers`; its default and its bounds are the policy's own.
    private static func number(_ key: String, _ help: String) -> Setting {
        guard let number = Policy.numbers.first(where: { $0.setting == key }) else {
            preconditionFailure("\(key) is no number of the policy")
        }
        let range = "\(number.range.lowerBound) to \(number.range.upperBound)"
        return Setting(
            key: key, standard: "\(Policy()[keyPath: number.value])", help: "\(help) \(range).")
    }
}
