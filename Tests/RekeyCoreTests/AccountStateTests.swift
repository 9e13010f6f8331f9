// Every cell of the state table, in the words of its own columns. Runs decisions only.

import RekeyCore
import Testing

@Suite struct AccountStateTests {
    struct Row {
        var login: Bool
        var recovery: Bool
        var endsBy: Set<Ending>
    }

    enum Ending: CaseIterable {
        case time, activate, unlock, enable

        func happens(in story: Story) {
            switch self {
            case .time: story.wait(.hours(24))
            case .activate: story.recover()
            case .unlock: story.operate(UnlockAccount.self)
            case .enable: story.operate(EnableAccount.self)
            }
        }
    }

    /// The table. A state without a row does not compile.
    static func row(of state: AccountState) -> Row {
        switch state {
        case .pending: Row(login: false, recovery: true, endsBy: [.activate])
        case .active: Row(login: true, recovery: true, endsBy: [])
        case .blocked: Row(login: false, recovery: true, endsBy: [.time, .activate])
        case .passwordOff: Row(login: false, recovery: true, endsBy: [.activate])
        case .suspended: Row(login: true, recovery: false, endsBy: [.time, .unlock])
        case .locked: Row(login: false, recovery: false, endsBy: [.unlock])
        case .disabled: Row(login: false, recovery: false, endsBy: [.enable])
        }
    }

    @Test("Each state is set by what the table says", arguments: AccountState.allCases)
    func setBy(_ state: AccountState) {
        let story = Story(state)
        #expect(story.state == state)
        #expect(story.operate(GetAccount.self).reply?.state == state)
    }

    @Test(
        "R50: each state lets its owner log in as the table says",
        arguments: AccountState.allCases)
    func login(_ state: AccountState) {
        let story = Story(state)
        let allowed = Self.row(of: state).login
        #expect(story.subject.mayLogIn(policy: story.policy, now: story.now) == allowed)
        #expect(story.login().isReply == allowed)
        #expect(story.sessions.count == (allowed ? 1 : 0))
    }

    @Test(
        "R55: each state lets its owner recover as the table says",
        arguments: AccountState.allCases)
    func recovery(_ state: AccountState) {
        let story = Story(state)
        let allowed = Self.row(of: state).recovery
        let password = story.password
        #expect(story.subject.mayRecover(policy: story.policy, now: story.now) == allowed)
        #expect(story.recover().isReply == allowed)
        #expect((story.password != password) == allowed)
        #expect(story.state == (allowed ? .active : state))
    }

    @Test(
        "Each state ends by what the table says and by nothing else",
        arguments: AccountState.allCases)
    func endsBy(_ state: AccountState) {
        for ending in Ending.allCases {
            let story = Story(state)
            ending.happens(in: story)
            let ends = state == .active || Self.row(of: state).endsBy.contains(ending)
            #expect(story.state == (ends ? .active : state), "\(state.name), \(ending)")
        }
    }

    @Test("R18: locked voids nothing, disabled voids sessions and resets")
    func whatHoldsVoid() throws {
        for (state, kept) in [(AccountState.locked, 1), (.disabled, 0)] {
            let (story, _) = try Story.loggedIn()
            story.requestReset()
            if state == .locked { story.operate(LockAccount.self) }
            if state == .disabled { story.operate(DisableAccount.self) }
            #expect(story.sessions.count == kept && story.resets.count == kept, "\(state.name)")
        }
    }

    @Test("R53, R27: where two states hold, the one that stops more is shown")
    func precedence() {
        let story = Story(.suspended)
        story.failLogins(5)
        #expect(story.state == .suspended)
        story.operate(LockAccount.self)
        #expect(story.state == .locked)
        story.operate(DisableAccount.self)
        #expect(story.state == .disabled)
    }

    @Test("There is no state where there is no account, and each state has a name of its own")
    func names() {
        #expect(Story().state == nil)
        #expect(Set(AccountState.allCases.map(\.name)).count == AccountState.allCases.count)
    }
}
