// What a changed contact does to an account, and who may take it back (R93). Runs decisions only.

import RekeySimulation
import RekeyTestSupport
import Testing

@testable import RekeyCore

@Suite struct ContactChangeTests {
    private let thief = (mail: "thief@example.org", mobile: "+33700000099")

    /// An active account whose mail a thief at a desk has changed, and the id of the change.
    private func changed(policy: Policy = Policy()) throws -> (Story, ResetID) {
        let story = Story(.active, policy: policy)
        story.update(mail: thief.mail)
        return (story, try #require(story.lastLetters.first).reset)
    }

    private func sent(_ letter: Letter, _ story: Story) throws -> Envelope {
        guard case .send(let envelope) = story.delivery(of: letter) else { throw NotSent() }
        return envelope
    }

    private struct NotSent: Error {}

    // MARK: The hold

    @Test(
        "R93: for 24 h to the millisecond no request opens a reset or sends a letter; login goes on",
        arguments: [Duration.hours(24), .hours(1), .hours(168)])
    func pause(_ hold: Duration) throws {
        var policy = Policy()
        policy.contactHold = hold
        let (story, _) = try changed(policy: policy)
        #expect(story.login().isReply)
        for _ in 0..<40 {
            story.requestReset()
            #expect(story.standing != .opened && story.lastLetters.allSatisfy { $0.kind == nil })
            story.wait(hold / 40 - oneMillisecond)
        }
        story.now = start + hold - oneMillisecond
        story.requestReset()
        #expect(story.resets.isEmpty)
        story.wait(oneMillisecond)
        #expect(story.recover().isReply)
        #expect(story.subject.account?.contactChange == nil, "what is over is forgotten")
    }

    @Test("R93: the link and code that were open before the change open nothing during the hold")
    func earlierReset() throws {
        let story = Story(.active)
        let reset = story.requestReset()
        story.update(mobile: thief.mobile)
        #expect(story.validate(reset).refusal == .linkInvalid)
        #expect(story.resend(reset).refusal == .linkInvalid)
        #expect(story.activate(reset, .generation(0)).refusal == .activationRefused)
        #expect(story.lastEvents == [.activationFailed(reset, .ignored)])
    }

    @Test("R93: a pending account has nothing to steal: a corrected contact is used at once")
    func pending() {
        let story = Story(.pending)
        let answer = story.update(mail: "corrected@example.fr", mobile: "+33698765432")
        #expect(answer.reply?.contactHoldUntil == nil && story.lastLetters.isEmpty)
        #expect(story.recover().isReply)
    }

    @Test("R93: a changed name or language, or the same contacts again, pause and tell nothing")
    func noContact() {
        let story = Story(.active)
        let answer = story.update(
            name: "Jeanne Durand", mail: Profile.known.mail, mobile: Profile.known.mobile,
            language: .english)
        #expect(answer.reply?.contactHoldUntil == nil && story.lastLetters.isEmpty)
        #expect(story.recover().isReply)
    }

    @Test("R93: operators see until when recovery is paused, and the state beside it")
    func shown() throws {
        let (story, change) = try changed()
        story.wait(.hours(1))
        let account = try #require(story.operate(GetAccount.self).reply)
        #expect(account.contactHoldUntil == start + .hours(24) && account.state == .active)
        story.now = start + .hours(24)
        #expect(story.operate(GetAccount.self).reply?.contactHoldUntil == nil)
        story.now = start + .hours(2)
        story.cancelChange(change)
        #expect(story.operate(GetAccount.self).reply?.contactHoldUntil == nil)
    }

    @Test(
        "R93: whatever a stolen desk does, short of deletion, opens no recovery in 24 h",
        arguments: 1...20)
    func stolenDesk(seed: UInt64) throws {
        let (story, change) = try changed()
        var chance = SeededGenerator(seed: seed)
        while story.now < start + .hours(24) {
            switch Int.random(in: 0..<9, using: &chance) {
            case 0: story.update(mail: "m\(story.log.count)@example.org")
            case 1: story.update(mobile: "+337\(10_000_000 + story.log.count)")
            case 2: story.update(mail: Profile.known.mail, mobile: Profile.known.mobile)
            case 3: story.operate(LockAccount.self)
            case 4: story.operate(UnlockAccount.self)
            case 5: story.operate(DisableAccount.self)
            case 6: story.operate(EnableAccount.self)
            case 7: story.update(name: "Name \(story.log.count)")
            default: story.operate(RevokeSessions.self)
            }
            story.requestReset()
            #expect(story.resets.isEmpty && story.standing != .opened)
            story.wait(.milliseconds(Int64.random(in: 0...3_600_000, using: &chance)))
        }
        // And the owner has the last word about all of it, as long as any of it is held.
        story.update(mail: thief.mail, mobile: thief.mobile)
        #expect(story.cancelChange(change).isReply)
        #expect(story.subject.account?.profile.mail == Profile.known.mail)
        #expect(story.subject.account?.profile.mobile == Profile.known.mobile)
    }

    @Test("R89: deleting an account forgets the contacts of before, and their link")
    func deleted() throws {
        let (story, change) = try changed()
        let letters = story.lastLetters
        story.operate(DeleteAccount.self)
        #expect(story.cancelChange(change).refusal == .linkInvalid)
        story.create()
        #expect(story.subject.account?.contactChange == nil)
        #expect(story.cancelChange(change).refusal == .linkInvalid)
        for letter in letters { #expect(story.delivery(of: letter) == .dead) }
    }

    @Test(
        "R93: a changed contact pauses recovery in every state but pending, and stops nothing else",
        arguments: AccountState.allCases)
    func states(_ state: AccountState) {
        let story = Story(state)
        let mayLogIn = story.subject.mayLogIn(policy: story.policy, now: story.now)
        story.update(mail: thief.mail)
        #expect(
            story.subject.mayRecover(policy: story.policy, now: story.now) == (state == .pending))
        #expect(story.subject.mayLogIn(policy: story.policy, now: story.now) == mayLogIn)
        #expect(story.state == state)
    }

    // MARK: A second change

    @Test("R93: a second change pushes nobody out: it renews the time, for who was there first")
    func second() throws {
        let (story, change) = try changed()
        story.wait(.hours(23))
        story.update(mail: "other@example.org", mobile: thief.mobile)
        #expect(story.lastLetters.map(\.reset) == [change, change])
        #expect(try sent(story.lastLetters[0], story).to == Profile.known.mail)
        #expect(try sent(story.lastLetters[1], story).to == Profile.known.mobile)
        story.wait(.hours(24) - oneMillisecond)
        story.requestReset()
        #expect(story.resets.isEmpty, "the newest contact waits as long as the first")
        let before = story.subject
        #expect(story.cancelChange(change).isReply)
        #expect(story.subject.account?.profile == Profile.known)
        #expect(before.account?.contactChange?.heldUntil == start + .hours(47))
    }

    @Test("R93: a second change after the hold is a change of its own, told to who is there now")
    func afterwards() throws {
        let (story, first) = try changed()
        story.wait(.hours(24))
        story.update(mail: "third@example.org")
        let letter = try #require(story.lastLetters.first)
        #expect(letter.reset != first)
        #expect(try sent(letter, story).to == thief.mail)
        #expect(story.cancelChange(first).refusal == .linkInvalid)
        #expect(story.cancelChange(letter.reset).isReply)
        #expect(story.subject.account?.profile.mail == thief.mail)
    }

    @Test("R93: a desk that puts the contacts back is held like any other; their owner ends it")
    func putBack() throws {
        let (story, change) = try changed()
        story.wait(.hours(1))
        story.update(mail: Profile.known.mail)
        #expect(story.lastLetters.map(\.kind) == [.contactChangedMail, .contactChangedSMS])
        let envelope = try sent(story.lastLetters[0], story)
        #expect(envelope.newMail == nil && envelope.newMobile == nil)
        story.requestReset()
        #expect(story.resets.isEmpty)
        #expect(story.cancelChange(change).isReply)
        #expect(story.recover().isReply)
    }

    @Test("R93: a setting that was lowered meanwhile shortens no hold that was promised")
    func lowered() throws {
        let (story, _) = try changed()
        story.policy.contactHold = .hours(1)
        story.update(mobile: thief.mobile)
        #expect(story.subject.account?.contactChange?.heldUntil == start + .hours(24))
    }

    // MARK: Taking it back

    @Test("R93: the link restores the contacts of before and their confirmation, and ends the hold")
    func cancelled() throws {
        let (story, change) = try changed()
        story.update(mobile: thief.mobile)
        #expect(story.subject.account?.mobileConfirmed == false)
        let version = try #require(story.subject.account).version
        story.wait(.hours(23))
        #expect(story.cancelChange(change).isReply)
        #expect(story.lastEvents == [.contactChangeCancelled(change)])
        let account = try #require(story.subject.account)
        #expect(account.profile == Profile.known && account.mobileConfirmed)
        #expect(account.version == version + 1 && account.contactChange == nil)
        #expect(story.recover().isReply)
    }

    @Test("R93: taking it back ends every session and leaves the password")
    func sessions() throws {
        let (story, session) = try Story.loggedIn()
        let password = story.password
        story.update(mail: thief.mail)
        let change = try #require(story.lastLetters.first).reset
        #expect(story.use(session).isReply, "the change alone ends none")
        story.cancelChange(change)
        #expect(story.use(session).refusal == .sessionInvalid)
        #expect(story.password == password && story.login().isReply)
    }

    @Test("R93, R19: what is late, used or never was gets one refusal and changes nothing")
    func refused() throws {
        let (story, change) = try changed()
        #expect(story.cancelChange(story.fresh()).refusal == .linkInvalid)
        story.now = start + .hours(24) - oneMillisecond
        let (held, late) = (story.subject, start + .hours(24))
        #expect(CancelContactChange.decide(held, change, late).answer.refusal == .linkInvalid)
        #expect(story.cancelChange(change).isReply)
        let before = story.subject
        #expect(story.cancelChange(change).refusal == .linkInvalid)
        #expect(story.lastEvents.isEmpty && story.subject == before)
        #expect(Story().cancelChange(change).refusal == .linkInvalid)
    }

    @Test("R93: a lock or a disabling cannot keep the owner from it", arguments: [true, false])
    func whileHeld(_ locked: Bool) throws {
        let (story, change) = try changed()
        if locked { story.operate(LockAccount.self) } else { story.operate(DisableAccount.self) }
        #expect(story.cancelChange(change).isReply)
        #expect(story.state == (locked ? .locked : .disabled))
        #expect(story.subject.account?.profile == Profile.known)
    }

    @Test("R93: the id of a reset takes nothing back, and takes no reset away")
    func resetIsNoChange() {
        let story = Story(.active)
        let reset = story.requestReset()
        #expect(story.cancelChange(reset).refusal == .linkInvalid)
        #expect(story.validate(reset).isReply)
    }

    // MARK: Letters

    @Test("R93: a changed mail is told to the mail of before, with a link, and to the same mobile")
    func mailChanged() throws {
        let (story, change) = try changed()
        #expect(story.lastLetters.map(\.kind) == [.contactChangedMail, .contactChangedSMS])
        #expect(story.lastLetters.map(\.reset) == [change, change])
        let envelope = try sent(story.lastLetters[0], story)
        #expect(envelope.to == Profile.known.mail && envelope.linkLife == .hours(24))
        #expect(envelope.newMail == "t•••@•••.org" && envelope.newMobile == nil)
        #expect(try sent(story.lastLetters[1], story).to == Profile.known.mobile)
    }

    @Test("R93: a changed mobile is told to the mail, with a link, and to the mobile of before")
    func mobileChanged() throws {
        let story = Story(.active)
        story.update(mobile: thief.mobile)
        #expect(story.lastLetters.map(\.kind) == [.contactChangedMail, .contactChangedSMS])
        let (mail, text) = (
            try sent(story.lastLetters[0], story), try sent(story.lastLetters[1], story)
        )
        #expect(mail.to == Profile.known.mail && text.to == Profile.known.mobile)
        #expect(mail.newMail == nil && mail.newMobile == "•••99")
        #expect(text.linkLife == .hours(24))
    }

    @Test("R67: the letters are dead once the change is taken back or stands, and not before")
    func deadLetters() throws {
        let (story, change) = try changed()
        let letter = story.lastLetters[0]
        story.operate(LockAccount.self)
        #expect(try sent(letter, story).to == Profile.known.mail)
        story.now = start + .hours(24) - oneMillisecond
        #expect(try sent(letter, story).to == Profile.known.mail)
        story.wait(oneMillisecond)
        #expect(story.delivery(of: letter) == .dead)
        story.now = start
        story.cancelChange(change)
        #expect(story.delivery(of: letter) == .dead)
    }
}
