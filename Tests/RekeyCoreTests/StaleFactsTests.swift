// Facts about a password that has changed since are gathered again. Runs decisions only.

import RekeyCore
import Testing

@Suite struct StaleFactsTests {
    private func login(_ story: Story, _ check: PasswordCheck) -> Answer<Login.Granted> {
        let facts = Login.Facts(
            check: check, session: story.fresh(),
            letters: story.pair())
        return story.run { Login.decide($0, facts, $1, $2) }
    }

    @Test("Login with facts about the password before a recovery is stale, right or wrong")
    func loginAfterRecovery() {
        for matches in [true, false] {
            let story = Story(.active)
            let check = story.check(matches: matches)
            story.recover()
            let before = story.subject
            #expect(login(story, check).isStale)
            #expect(story.lastEvents.isEmpty && story.subject == before)
        }
    }

    @Test("Login with facts from before the account was activated is stale")
    func loginAfterActivation() {
        let story = Story(.pending)
        let check = story.check(matches: false)
        story.recover()
        #expect(login(story, check).isStale)
    }

    @Test("R45: a login that was checked against a record which was renewed meanwhile is stale")
    func loginAfterRenewal() {
        let story = Story(.active)
        let check = story.check(matches: true)
        story.renew(.number(9))
        #expect(login(story, check).isStale)
        #expect(story.password == .number(9))
    }

    @Test("R45: a record is renewed once, and never in the place of a newer password")
    func renewals() {
        let story = Story(.active)
        let checked = story.subject.passwordVersion
        story.renew(.number(9), of: checked)
        story.renew(.number(10), of: checked)
        #expect(story.lastEvents.isEmpty && story.password == .number(9))
        let before = story.subject.passwordVersion
        story.recover()
        let recovered = story.password
        story.renew(.number(11), of: before)
        #expect(story.lastEvents.isEmpty && story.password == recovered)
    }

    @Test("ChangePassword with facts about an older record is stale")
    func changeAfterRehash() throws {
        let (story, session) = try Story.loggedIn()
        let facts = ChangePassword.Facts(
            session: session, check: story.check(matches: true), newPassword: .number(8))
        story.renew(.number(9))
        #expect(story.run { ChangePassword.decide($0, facts, $1, $2) }.isStale)
        #expect(story.lastEvents.isEmpty && story.password == .number(9))
    }

    @Test("ChangePassword that was overtaken by a recovery is refused, not stale")
    func changeAfterRecovery() throws {
        let (story, session) = try Story.loggedIn()
        let facts = ChangePassword.Facts(
            session: session, check: story.check(matches: true), newPassword: .number(8))
        story.recover()
        let answer = story.run { ChangePassword.decide($0, facts, $1, $2) }
        #expect(answer.refusal == .sessionInvalid)
        #expect(story.password != .number(8))
    }

    @Test("Facts about the password of a deleted account are stale for its successor")
    func deletedAndCreatedAgain() {
        let story = Story(.active)
        let check = story.check(matches: true)
        story.operate(DeleteAccount.self)
        story.wait(.hours(24))
        #expect(story.activate(story.create()).isReply)
        #expect(!login(story, check).isReply)
        #expect(story.sessions.isEmpty)
    }

    /// What was found out while the first code of the reset was live, and says that it is right.
    private func facts(_ story: Story, _ reset: ResetID) -> Activate.Facts {
        Activate.Facts(
            reset: reset, provenGenerations: 1, newPassword: .number(8), letters: story.pair())
    }

    @Test("R24: a code that was proved in time is judged by the clock of the decision, to the ms")
    func activateLate() {
        for early in [oneMillisecond, .zero] {
            let story = Story(.active)
            let reset = story.requestReset()
            let facts = facts(story, reset)
            let before = story.password
            // It waits for its hash.
            story.wait(story.policy.codeLife - early)
            let answer = story.run { Activate.decide($0, facts, $1, $2) }
            if early > .zero {
                #expect(answer.isReply && story.password == facts.newPassword)
            } else {
                #expect(answer.refusal == .activationRefused)
                #expect(story.lastEvents == [.activationFailed(reset, .ignored)])
                #expect(story.password == before)
            }
        }
    }

    @Test("R34: a code that was proved before a resend killed it opens nothing")
    func activateResent() {
        let story = Story(.active)
        let reset = story.requestReset()
        let facts = facts(story, reset)
        story.resend(reset)
        let answer = story.run { Activate.decide($0, facts, $1, $2) }
        #expect(answer.refusal == .activationRefused, "the proven code was resent meanwhile")
        #expect(story.password != .number(8))
    }
}
