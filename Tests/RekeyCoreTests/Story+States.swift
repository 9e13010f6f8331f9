// How an account comes into each state, by calls alone. The tests of the decisions come in.

import RekeyCore

extension Story {
    /// An account in `state`. Exhaustive, so that a new state has to say how it is reached.
    convenience init(_ state: AccountState, policy: Policy = Policy()) {
        self.init(policy: policy)
        let activation = create()
        if state != .pending { activate(activation) }
        switch state {
        case .pending, .active: break
        case .blocked: failLogins(policy.failuresBeforeBlock)
        case .passwordOff: failLogins(policy.failuresBeforePasswordOff)
        case .suspended: suspend()
        case .locked: operate(LockAccount.self)
        case .disabled: operate(DisableAccount.self)
        }
    }

    /// Wrong passwords, each as soon as it counts.
    func failLogins(_ count: Int) {
        for index in 0..<count {
            if index >= policy.failuresBeforeBlock { wait(policy.blockMax) }
            login(right: false)
        }
    }

    /// Wrong codes over two resets, until recovery stops (R27).
    func suspend() {
        for _ in 0..<2 {
            let reset = requestReset()
            for _ in 0..<policy.wrongCodesPerReset { activate(reset, .wrong) }
            wait(policy.requestSpacing)
        }
    }

    /// An account that is logged in, and its session.
    static func loggedIn(policy: Policy = Policy()) throws -> (Story, SessionID) {
        let story = Story(.active, policy: policy)
        guard let granted = story.login().reply else { throw CannotLogIn() }
        return (story, granted.session)
    }

    struct CannotLogIn: Error {}
}
