// How an account begins and ends. Runs decisions only.

import RekeyCore
import Testing

@Suite struct CreateAccountTests {
    @Test("R57, R78: a new account is pending, has no password, and its owner gets two letters")
    func created() throws {
        let story = Story()
        let reset = story.create()
        let account = try #require(story.subject.account)
        #expect(story.state == .pending)
        #expect(account.profile == .known && account.version == 1 && account.createdAt == start)
        #expect(account.password == nil && !account.mobileConfirmed && account.sessions.isEmpty)
        #expect(
            account.resets == [
                Reset(
                    id: reset, purpose: .activation, openedAt: start,
                    validUntil: start + .hours(24), codeValidUntil: start + .minutes(10))
            ])
        #expect(story.lastLetters.map(\.kind) == [.activationLink, .activationCode])
        #expect(story.lastLetters.allSatisfy { $0.reset == reset && $0.codeGeneration == 0 })
    }

    @Test("An identifier that is taken is refused, whatever its state, and nothing changes")
    func exists() {
        for state in AccountState.allCases {
            let story = Story(state)
            let before = story.subject
            let facts = CreateAccount.Facts(
                profile: .known, reset: story.fresh(), letters: story.pair())
            let answer = story.run { CreateAccount.decide($0, facts, $1, $2) }
            #expect(answer.refusal?.reason == .accountExists)
            #expect(story.lastEvents.isEmpty && story.lastLetters.isEmpty)
            #expect(story.subject == before)
        }
    }

    @Test("A pending account whose link died gets another, which activates it")
    func askAgain() {
        let story = Story(.pending)
        story.wait(.hours(24))
        let reset = story.requestReset()
        #expect(story.lastLetters.map(\.kind) == [.activationLink, .activationCode])
        #expect(story.validate(reset).reply?.isActivation == true)
        story.resend(reset)
        #expect(story.lastLetters.map(\.kind) == [.activationCode])
        #expect(story.activate(reset).isReply)
        #expect(story.state == .active)
    }

    @Test("Failures that strangers collected before an account began do not outlive activation")
    func earlierFailures() {
        let story = Story()
        story.failLogins(100)
        let activation = story.create()
        #expect(story.activate(activation).isReply)
        #expect(story.login().isReply)
    }

    @Test("R89: deleting forgets the account; what follows is like an unknown identifier")
    func deleted() throws {
        let (story, session) = try Story.loggedIn()
        let reset = story.requestReset()
        #expect(story.operate(DeleteAccount.self).isReply)
        #expect(story.subject.account == nil && story.state == nil)
        #expect(story.login().refusal == .loginFailed)
        #expect(story.use(session).refusal == .sessionInvalid)
        #expect(story.activate(reset).refusal == .activationRefused)
        #expect(story.operate(DeleteAccount.self).refusal == .accountUnknown)
    }

    @Test("The summary counts live sessions and open resets, and failures")
    func summary() throws {
        let (story, _) = try Story.loggedIn()
        story.requestReset()
        story.wait(.minutes(5))
        story.requestReset()
        story.login()
        story.login(right: false)
        let summary = try #require(story.operate(GetAccount.self).reply)
        #expect(story.lastEvents.isEmpty)
        #expect(summary.id == story.subject.id && summary.profile == .known)
        #expect(summary.liveSessions == 1 && summary.openResets == 2)
        #expect(summary.loginFailures == 1 && summary.mobileConfirmed)
        story.wait(.hours(12))
        #expect(story.operate(GetAccount.self).reply?.openResets == 0)
        #expect(story.operate(GetAccount.self).reply?.liveSessions == 0)
    }
}
