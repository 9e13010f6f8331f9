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

    /// One that a call holds while it is not known whether it counts.
    struct Credit {
        fileprivate let kind: Kind
        fileprivate let payers: [Payer?]
    }

    /// One limit of one scope.
    fileprivate struct Meter {
        let rate: Rate
        var debts: DebtTable
        /// How many of what a payer owes are credits that calls under way hold.
        var held: [Payer: Int] = [:]

        init(_ count: Int, per span: Duration, places: Int) {
            rate = Rate(count, per: span)
            debts = DebtTable(places: places, debtOfOthers: rate.debtAtStart)
        }

        mutating func hold(_ payer: Payer, at now: Int64) {
            debts[payer] = rate.after(debts[payer], at: now)
            held[payer, default: 0] += 1
        }

        mutating func settle(_ payer: Payer, isCounted: Bool) {
            if !isCounted { debts[payer] -= rate.interval }
            let left = held[payer, default: 1] - 1
            held[payer] = left == 0 ? nil : left
        }

        /// In nanoseconds; `isForCalls`: only for calls under way, which may turn out to cost nothing
        /// and will have ended soon.
        typealias Wait = (time: Int64, isForCalls: Bool)

        /// How long `payer` has to wait for one more; nil: it passes now.
        func wait(_ payer: Payer, at now: Int64) -> Wait? {
            let debt = debts[payer]
            let time = rate.wait(debt, at: now)
            guard time > 0 else { return nil }
            let counted = debt - rate.interval * Int64(held[payer, default: 0])
            guard rate.wait(counted, at: now) <= 0 else { return (time, false) }
            return (min(time, Duration.seconds(1).nanoseconds), true)
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

    /// Holds one until it is settled, or throws RATE_LIMITED with the time at which all scopes have one
    /// again.
    func hold(_ kind: Kind, _ call: Call, _ origin: Origin) throws(Refusal) -> Credit {
        let credit = Credit(
            kind: kind,
            payers: [
                origin.network.map { payer($0, "rekey/limit-origin\0") },
                payer(ofCaller: call.caller), whole,
            ])
        let now = (time.elapsed() - start).nanoseconds
        let refusal: Refusal? = meters.withLock { meters in
            var longest: (scope: Scope, wait: Meter.Wait)?
            credit.forEach(&meters) { scope, meter, payer in
                guard let wait = meter.wait(payer, at: now) else { return }
                if wait.time > longest?.wait.time ?? 0 { longest = (scope, wait) }
            }
            if let longest { return .rateLimited(kind, longest.scope, longest.wait) }
            credit.forEach(&meters) { _, meter, payer in meter.hold(payer, at: now) }
            return nil
        }
        if let refusal { throw refusal }
        return credit
    }

    /// It counts, or is given back.
    func settle(_ credit: Credit, isCounted: Bool) {
        meters.withLock { meters in
            credit.forEach(&meters) { _, meter, payer in
                meter.settle(payer, isCounted: isCounted)
            }
        }
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
    /// Each scope in which somebody pays.
    fileprivate func forEach(
        _ meters: inout [[RateLimits.Meter]],
        _ body: (RateLimits.Scope, inout RateLimits.Meter, Payer) -> Void
    ) {
        for index in payers.indices {
            guard let payer = payers[index], let scope = RateLimits.Scope(rawValue: index)
            else { continue }
            body(scope, &meters[kind.rawValue][index], payer)
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
        _ kind: RateLimits.Kind, _ scope: RateLimits.Scope,
        _ wait: RateLimits.Meter.Wait
    ) -> Refusal {
        let whose =
            switch scope {
            case .origin: "from this origin"
            case .caller: "by this caller"
            case .whole: "on this server"
            }
        return Refusal(
            .rateLimited,
            wait.isForCalls
                ? "too many calls under way \(whose) may be \(kind.name); repeat the call shortly"
                : "too many \(kind.name) \(whose); repeat the call later",
            // Up to the next millisecond, so that who waits as long as they are told is not early.
            retryAfter: .milliseconds((wait.time + 999_999) / 1_000_000))
    }
}
