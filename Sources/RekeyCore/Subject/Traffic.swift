/// What is counted about a subject, the same whether an account is behind it or not.
public struct Traffic: Hashable, Sendable {
    /// When requests for a reset were granted, oldest first.
    public var resetRequests: [Timestamp]
    /// Failed logins in a row that counted.
    public var loginFailures: Int
    public var lastLoginFailure: Timestamp?

    public init(
        resetRequests: [Timestamp] = [], loginFailures: Int = 0, lastLoginFailure: Timestamp? = nil
    ) {
        self.resetRequests = resetRequests
        self.loginFailures = loginFailures
        self.lastLoginFailure = lastLoginFailure
    }

    /// No window is longer than this, so what is older is forgotten.
    static let memory: Duration = .hours(24)

    /// Requests that are remembered, at most.
    static let resetRequestsMax = 64

    /// Nothing in it can change a decision any more. Failures of a subject without an account are
    /// forgotten a day after the last, so that strangers' typing does not fill the store.
    func isForgotten(at now: Timestamp) -> Bool {
        resetRequests.allSatisfy { now - $0 >= Self.memory }
            && lastLoginFailure.map { now - $0 >= Self.memory } ?? true
    }

    /// R05: one per `requestSpacing`, a few per hour, a few per link life.
    func admitsReset(policy: Policy, at now: Timestamp) -> Bool {
        func count(within window: Duration) -> Int {
            resetRequests.count { now - $0 < window }
        }
        return count(within: policy.requestSpacing) == 0
            && count(within: .hours(1)) < policy.requestsPerHour
            && count(within: policy.linkLife) < policy.requestsPerLinkLife
    }

    /// R53.
    func isPasswordOff(policy: Policy) -> Bool {
        loginFailures >= policy.failuresBeforePasswordOff
    }

    /// R52.
    func isBlocked(policy: Policy, at now: Timestamp) -> Bool {
        guard let lastLoginFailure, loginFailures >= policy.failuresBeforeBlock else {
            return false
        }
        let doublings = min(loginFailures - policy.failuresBeforeBlock, 30)
        return now - lastLoginFailure < min(policy.blockFirst * (1 << doublings), policy.blockMax)
    }

    /// Whether one more failure counts: not while blocked or off, when no guess is evaluated.
    func countsFailure(policy: Policy, at now: Timestamp) -> Bool {
        !isPasswordOff(policy: policy) && !isBlocked(policy: policy, at: now)
    }
}
