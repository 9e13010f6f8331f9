import RekeyCore
import RekeySecrets
import RekeyStore
import Synchronization

/// The limits that are told (R91): of an origin, of a caller, of the whole. Those of a subject are silent
/// and RekeyCore's. A call takes from all three or from none, so whoever is over the limit of their
/// origin costs their caller nothing (R92).
///
/// In memory alone: after a restart everybody has a quarter of their credit (`Rate.debtAtStart`).
final class RateLimits: Sendable {
    /// What is limited. It tells of somebody who tries many.
    enum Kind: Int, CaseIterable {
        case letters
        case forgedLinks
        case failedLogins
    }

    /// One that was taken, to be given back if it turns out not to count.
    struct Credit {
        fileprivate let kind: Kind
        fileprivate let payers: [Payer?]
    }

    /// One limit of one scope.
    fileprivate struct Meter {
        let rate: Rate
        var debts: DebtTable

        init(_ count: Int, per span: Duration, places: Int) {
            rate = Rate(count, per: span)
            debts = DebtTable(places: places, debtOfOthers: rate.debtAtStart)
        }
    }

    fileprivate enum Scope: Int, CaseIterable {
        case origin
        case caller
        case whole

        /// At 16 bytes. More origins than the whole may have in debt at the default limits; callers
        /// have certificates, so they are few.
        var places: Int {
            switch self {
            case .origin: 1 << 17
            case .caller: 1 << 10
            case .whole: 16
            }
        }
    }

    private let keys: KeyRing
    private let time: any TimeSource
    private let start: Duration
    private let whole = Payer([UInt8](repeating: 0, count: 16))
    /// Callers are few and have certificates, so each is hashed once.
    private let callers = Mutex<[String: Payer]>([:])
    /// By kind and scope.
    private let meters: Mutex<[[Meter]]>

    init(_ policy: Policy, keys: KeyRing, time: any TimeSource) {
        self.keys = keys
        self.time = time
        start = time.elapsed()
        meters = Mutex(
            Kind.allCases.map { kind in
                Scope.allCases.map { scope in
                    let (count, span) = Self.limit(kind, scope, policy)
                    return Meter(count, per: span, places: scope.places)
                }
            })
    }

    private static func limit(
        _ kind: Kind, _ scope: Scope, _ policy: Policy
    ) -> (count: Int, span: Duration) {
        switch (kind, scope) {
        case (.letters, .origin): (policy.lettersPerOrigin, .hours(1))
        case (.letters, .caller): (policy.lettersPerCaller, .hours(24))
        case (.letters, .whole): (policy.lettersInAll, .hours(24))
        case (.forgedLinks, .origin): (policy.forgedLinksPerOrigin, .minutes(1))
        case (.forgedLinks, .caller): (policy.forgedLinksPerCaller, .minutes(1))
        case (.forgedLinks, .whole): (policy.forgedLinksInAll, .minutes(1))
        case (.failedLogins, .origin): (policy.failedLoginsPerOrigin, .hours(1))
        case (.failedLogins, .caller): (policy.failedLoginsPerCaller, .hours(1))
        case (.failedLogins, .whole): (policy.failedLoginsInAll, .hours(1))
        }
    }

    /// Takes one, or throws RATE_LIMITED with the time at which all scopes have one again.
    func take(_ kind: Kind, _ call: Call, _ origin: Origin) throws(Refusal) -> Credit {
        let credit = Credit(
            kind: kind,
            payers: [
                origin.network.map { payer($0, "rekey/limit-origin\0") },
                payer(ofCaller: call.caller), whole,
            ])
        let now = (time.elapsed() - start).nanoseconds
        let longest = meters.withLock { meters in
            var longest: (wait: Int64, scope: Scope) = (0, .whole)
            for (scope, payer) in zip(Scope.allCases, credit.payers) {
                guard let payer else { continue }
                let meter = meters[kind.rawValue][scope.rawValue]
                let wait = meter.rate.wait(meter.debts[payer], at: now)
                if wait > longest.wait { longest = (wait, scope) }
            }
            if longest.wait == 0 {
                credit.change(&meters) { rate, debt in rate.after(debt, at: now) }
            }
            return longest
        }
        guard longest.wait == 0 else {
            // Up to the next millisecond, so that who waits as long as they are told is not early.
            throw .rateLimited(
                kind, longest.scope, retryAfter: .milliseconds((longest.wait + 999_999) / 1_000_000)
            )
        }
        return credit
    }

    func giveBack(_ credit: Credit) {
        meters.withLock { credit.change(&$0) { rate, debt in debt - rate.interval } }
    }

    private func payer(ofCaller name: String) -> Payer {
        callers.withLock { callers in
            if let payer = callers[name] { return payer }
            let payer = payer(Array(name.utf8), "rekey/limit-caller\0")
            callers[name] = payer
            return payer
        }
    }

    func payer(_ bytes: [UInt8], _ label: StaticString) -> Payer {
        Payer(keys.keyedHash(of: bytes, label: label, purpose: .identifier))
    }
}

extension RateLimits.Credit {
    fileprivate func change(
        _ meters: inout [[RateLimits.Meter]], _ debt: (Rate, Int64) -> Int64
    ) {
        for (scope, payer) in payers.enumerated() {
            guard let payer else { continue }
            let rate = meters[kind.rawValue][scope].rate
            meters[kind.rawValue][scope].debts[payer] =
                debt(rate, meters[kind.rawValue][scope].debts[payer])
        }
    }
}

extension RateLimits.Kind {
    /// Whether a call that was decided, and ended so, is one of those that are limited.
    func counts(_ refusal: Refusal?) -> Bool {
        switch self {
        case .letters: refusal == nil || refusal?.reason == .outcomeUnknown
        case .forgedLinks: true
        // One whose outcome is unknown may be on the disk as a failure.
        case .failedLogins: [.loginFailed, .outcomeUnknown].contains(refusal?.reason)
        }
    }

    fileprivate var name: String {
        switch self {
        case .letters: "requests for letters"
        case .forgedLinks: "forged links"
        case .failedLogins: "failed logins"
        }
    }
}

extension Refusal {
    fileprivate static func rateLimited(
        _ kind: RateLimits.Kind, _ scope: RateLimits.Scope, retryAfter: Duration
    ) -> Refusal {
        let whose =
            switch scope {
            case .origin: "from this origin"
            case .caller: "by this caller"
            case .whole: "on this server"
            }
        return Refusal(
            .rateLimited, "too many \(kind.name) \(whose); repeat the call later",
            retryAfter: retryAfter)
    }
}
