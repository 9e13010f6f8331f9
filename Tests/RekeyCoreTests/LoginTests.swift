// Who may log in, and what failures do to the next try. Runs decisions only.

import RekeyCore
import RekeySimulation
import RekeyTestSupport
import Testing

@Suite struct LoginTests {
    @Test("R50: wrong password, unknown, pending, blocked, off, locked, disabled: one failure")
    func oneFailure() {
        var stories = AccountState.allCases.filter { !AccountStateTests.row(of: $0).login }
            .map { Story($0) }
        stories.append(Story())
        for story in stories {
            for right in [true, false] {
                #expect(story.login(right: right).refusal == .loginFailed)
                let written = story.lastEvents
                #expect(written == [.loginFailed(.counted)] || written == [.loginFailed(.ignored)])
                #expect(story.lastLetters.isEmpty && story.lastDurability == .awaited)
                #expect(story.sessions.isEmpty)
            }
        }
        let active = Story(.active)
        #expect(active.login(right: false).refusal == .loginFailed)
        #expect(active.lastEvents == [.loginFailed(.counted)])
    }

    @Test("R91: a failure never says when to try again")
    func silent() {
        for state in AccountState.allCases {
            #expect(Story(state).login(right: false).refusal?.retryAfter == nil)
        }
    }

    @Test("R51, R52: known and unknown write the same events, failure by failure")
    func unknownIsTheSame() {
        let (known, unknown) = (Story(.active), Story())
        var chance = SeededGenerator(seed: 7)
        for _ in 0..<2000 {
            known.login(right: false)
            unknown.login(right: false)
            #expect(known.lastEvents == unknown.lastEvents)
            #expect(known.subject.traffic == unknown.subject.traffic)
            let pause = Duration.milliseconds(Int64.random(in: 0...1_200_000, using: &chance))
            known.wait(pause)
            unknown.wait(pause)
        }
        #expect(known.state == .passwordOff)
    }

    @Test("R52: four failures block nothing, five block for a second, to the millisecond")
    func firstBlock() {
        let story = Story(.active)
        story.failLogins(4)
        #expect(story.state == .active)
        story.login(right: false)
        #expect(story.state == .blocked)
        story.wait(.seconds(1) - oneMillisecond)
        #expect(story.login().refusal == .loginFailed)
        story.wait(oneMillisecond)
        #expect(story.login().isReply)
    }

    @Test("R52: each further failure doubles the block, from 1 s to 30 min")
    func doubling() {
        let story = Story(.active)
        story.failLogins(5)
        for seconds in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1800, 1800, 1800] {
            story.wait(.seconds(seconds) - oneMillisecond)
            #expect(story.state == .blocked, "\(seconds) s")
            story.wait(oneMillisecond)
            #expect(story.state == .active, "\(seconds) s")
            story.login(right: false)
        }
    }

    @Test("R52: failures while blocked do not count and do not prolong the block")
    func blockedDoesNotCount() {
        let story = Story(.active)
        story.failLogins(5)
        let before = story.subject
        for _ in 0..<200 {
            story.login(right: false)
            #expect(story.lastEvents == [.loginFailed(.ignored)])
        }
        #expect(story.subject == before)
        story.wait(.seconds(1))
        #expect(story.login().isReply)
    }

    @Test("R53: 99 failures leave the password on, 100 switch it off until a recovery")
    func passwordOff() {
        let story = Story(.active)
        story.failLogins(99)
        story.wait(.minutes(30))
        #expect(story.state == .active)
        story.login(right: false)
        #expect(story.state == .passwordOff)
        story.wait(.hours(10_000))
        #expect(story.login().refusal == .loginFailed)
        #expect(story.lastEvents == [.loginFailed(.ignored)])
        #expect(story.recover().isReply)
        #expect(story.login().isReply)
    }

    @Test("R54: a success resets the count")
    func successResets() {
        let story = Story(.active)
        for _ in 0..<50 {
            story.failLogins(4)
            #expect(story.login().isReply)
            #expect(story.subject.traffic == Traffic())
        }
    }

    @Test("R55: a blocked account recovers, and is not blocked after it")
    func blockedRecovers() {
        let story = Story(.blocked)
        let reset = story.requestReset()
        #expect(story.standing == .opened)
        #expect(story.validate(reset).isReply)
        #expect(story.activate(reset).isReply)
        #expect(story.state == .active)
        #expect(story.login().isReply)
    }

    @Test("A wrong current password counts as a failed login; the right one waits for the block")
    func changeIsNoOracle() throws {
        let (story, session) = try Story.loggedIn()
        for _ in 0..<5 {
            #expect(story.changePassword(session, right: false).refusal == .passwordWrong)
            #expect(story.lastEvents == [.loginFailed(.counted)])
        }
        #expect(story.state == .blocked)
        #expect(story.changePassword(session).refusal == .passwordWrong)
        #expect(story.lastEvents == [.loginFailed(.ignored)])
        #expect(story.login().refusal == .loginFailed)
        story.wait(.seconds(1))
        #expect(story.changePassword(session).isReply)
        #expect(story.subject.traffic == Traffic())
    }

    @Test("A password is not changed over a session that is over")
    func changeNeedsSession() throws {
        let (story, session) = try Story.loggedIn()
        story.wait(.minutes(5))
        #expect(story.changePassword(session).refusal == .sessionInvalid)
        #expect(story.changePassword(story.fresh()).refusal == .sessionInvalid)
        #expect(story.lastEvents.isEmpty)
    }

    @Test("R45: a renewed record leaves sessions, resets and the account's version as they are")
    func renewed() throws {
        let (story, _) = try Story.loggedIn()
        story.requestReset()
        let before = try #require(story.subject.account)
        story.renew(.number(9))
        var expected = before
        expected.password = .number(9)
        expected.passwordVersion += 1
        #expect(story.subject.account == expected)
        let pending = Story(.pending)
        pending.renew(.number(9))
        #expect(pending.lastEvents.isEmpty && pending.password == nil)
    }

    @Test("R53: the contacts are told at 50 failures in a row and at 100, and never in between")
    func told() {
        let story = Story(.active)
        var told: [Int: [LetterKind?]] = [:]
        for failure in 1...120 {
            story.wait(.minutes(31))
            story.login(right: false)
            if !story.lastLetters.isEmpty { told[failure] = story.lastLetters.map(\.kind) }
        }
        #expect(
            told == [
                50: [.failedLoginsMail, .failedLoginsSMS],
                100: [.passwordOffMail, .passwordOffSMS],
            ])
    }

    @Test(
        "R51, R53: where there is nobody to tell, as many letters are queued at the same failures")
    func standIns() {
        let states: [AccountState] = [.pending, .disabled, .locked]
        for story in states.map({ Story($0) }) + [Story()] {
            var queued: [Int: Int] = [:]
            for failure in 1...100 {
                story.wait(.minutes(31))
                story.login(right: false)
                if !story.lastLetters.isEmpty { queued[failure] = story.lastLetters.count }
                #expect(story.lastLetters.allSatisfy { $0.kind == nil })
            }
            #expect(queued == [50: 2, 100: 2])
        }
    }

    @Test("R53: a notice that a recovery has overtaken is not sent")
    func overtaken() {
        let story = Story(.active)
        var letters: [Letter] = []
        for _ in 1...100 {
            story.wait(.minutes(31))
            story.login(right: false)
            letters += story.lastLetters
        }
        let kinds = letters.map(\.kind)
        #expect(kinds == [.failedLoginsMail, .failedLoginsSMS, .passwordOffMail, .passwordOffSMS])
        func deliveries() -> [Delivery] {
            letters.map { story.subject.delivery(of: $0, policy: story.policy, now: story.now) }
        }
        #expect(
            deliveries().allSatisfy {
                if case .send(let envelope) = $0 { envelope.linkLife == .zero } else { false }
            })
        story.recover()
        #expect(deliveries().allSatisfy { $0 == .dead })
    }
}
