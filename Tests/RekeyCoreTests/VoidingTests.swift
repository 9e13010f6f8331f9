// What ends every open reset of an account, and what only suspends it (R18). Runs decisions only.

import RekeyCore
import Testing

@Suite struct VoidingTests {
    /// Three open resets and a session.
    private func open() throws -> (Story, SessionID, [ResetID]) {
        let (story, session) = try Story.loggedIn()
        let resets = (0..<3).map { _ in
            story.wait(.minutes(1))
            return story.requestReset()
        }
        return (story, session, resets)
    }

    private func expectVoid(_ resets: [ResetID], in story: Story) {
        for reset in resets {
            #expect(story.validate(reset).refusal == .linkInvalid)
            #expect(story.activate(reset, .generation(0)).refusal == .activationRefused)
        }
        #expect(story.resets.isEmpty)
    }

    @Test("R18, R48: a success sets the password, voids the siblings, ends the sessions, at once")
    func success() throws {
        let (story, session, resets) = try open()
        story.activate(resets[0], .wrong)
        story.login(right: false)
        let before = story.password
        #expect(story.activate(resets[1]).isReply)
        #expect(story.lastEvents.count == 1 && story.lastDurability == .awaited)
        #expect(story.password == story.lastEvents.first?.passwordRecord)
        #expect(story.password != before)
        #expect(story.lastLetters.map(\.kind) == [.recoveredMail, .recoveredSMS])
        #expect(story.subject.traffic.loginFailures == 0)
        #expect(story.subject.account?.wrongCodes == [])
        #expect(story.use(session).refusal == .sessionInvalid)
        expectVoid(resets, in: story)
    }

    @Test("R60, R61: a success ends every session and opens none")
    func sessions() {
        let story = Story(.active)
        for _ in 0..<4 { story.login() }
        story.recover()
        #expect(story.sessions.isEmpty)
    }

    @Test("R18: a changed password voids every reset and ends every other session")
    func passwordChange() throws {
        let (story, session, resets) = try open()
        let other = try #require(story.login().reply?.session)
        #expect(story.changePassword(session).isReply)
        #expect(story.use(session).isReply)
        #expect(story.use(other).refusal == .sessionInvalid)
        expectVoid(resets, in: story)
    }

    @Test("R18: a changed mail or mobile voids every reset")
    func contactChange() throws {
        var (story, session, resets) = try open()
        #expect(story.update(mail: "other@example.fr").isReply)
        #expect(story.use(session).isReply)
        expectVoid(resets, in: story)
        story.wait(story.policy.contactHold)
        (story, session, resets) = try open()
        #expect(story.update(mobile: "+33699999999").isReply)
        expectVoid(resets, in: story)
    }

    @Test("R18: a changed name or language voids nothing")
    func otherChange() throws {
        let (story, _, resets) = try open()
        story.update(name: "Jeanne Durand", mail: Profile.known.mail, language: .english)
        for reset in resets { #expect(story.validate(reset).isReply) }
    }

    @Test("R18: disabling voids every reset for good")
    func disable() throws {
        let (story, _, resets) = try open()
        story.operate(DisableAccount.self)
        expectVoid(resets, in: story)
        story.operate(EnableAccount.self)
        expectVoid(resets, in: story)
    }

    @Test("R18: locking suspends every reset, and unlocking revives it with its own end")
    func lock() throws {
        let (story, _, resets) = try open()
        let password = story.password
        story.operate(LockAccount.self)
        for reset in resets {
            #expect(story.validate(reset).refusal == .linkInvalid)
            #expect(story.resend(reset).refusal == .linkInvalid)
            #expect(story.activate(reset).refusal == .activationRefused)
            #expect(story.lastEvents == [.activationFailed(reset, .ignored)])
        }
        #expect(story.password == password)
        story.operate(UnlockAccount.self)
        for reset in resets { #expect(story.validate(reset).isReply) }
        story.operate(LockAccount.self)
        story.wait(.hours(12))
        story.operate(UnlockAccount.self)
        for reset in resets { #expect(story.validate(reset).refusal == .linkInvalid) }
    }

    @Test("R18: revoking sessions leaves resets as they are")
    func revoke() throws {
        let (story, _, resets) = try open()
        story.operate(RevokeSessions.self)
        for reset in resets { #expect(story.validate(reset).isReply) }
    }

    @Test("R09: a number is confirmed by an activation and no longer when it changes")
    func mobileConfirmed() {
        let story = Story(.pending)
        #expect(story.subject.account?.mobileConfirmed == false)
        story.recover()
        #expect(story.subject.account?.mobileConfirmed == true)
        story.update(mail: "other@example.fr")
        #expect(story.subject.account?.mobileConfirmed == true)
        story.update(mobile: "+33699999999")
        #expect(story.subject.account?.mobileConfirmed == false)
    }
}
