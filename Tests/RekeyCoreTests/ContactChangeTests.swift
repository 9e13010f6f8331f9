// What a changed contact does to an account, and who may take it back (R93). Runs decisions only.

import RekeySimulation
import RekeyTestSupport
import Testing

@testable import RekeyCore

@Suite struct ContactChangeTests {
    private let thief = (mail: "thief@example.org", mobile: "+33700000099")

    /// What a stolen desk would open in the place of an account that it deleted.
    private var thiefsProfile: Profile {
        var profile = Profile.known
        profile.mail = thief.mail
        profile.mobile = thief.mobile
        return profile
    }

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
        "R93: whatever a stolen desk does opens no recovery in 24 h, and no account to a thief",
        arguments: 1...20)
    func stolenDesk(seed: UInt64) throws {
        let (story, change) = try changed()
        var chance = SeededGenerator(seed: seed)
        while story.now < start + .hours(24) {
            switch Int.random(in: 0..<11, using: &chance) {
            case 0: story.update(mail: "m\(story.log.count)@example.org")
            case 1: story.update(mobile: "+337\(10_000_000 + story.log.count)")
            case 2: story.update(mail: Profile.known.mail, mobile: Profile.known.mobile)
            case 3: story.operate(LockAccount.self)
            case 4: story.operate(UnlockAccount.self)
            case 5: story.operate(DisableAccount.self)
            case 6: story.operate(EnableAccount.self)
            case 7: story.update(name: "Name \(story.log.count)")
            case 8: story.operate(RevokeSessions.self)
            case 9: story.operate(DeleteAccount.self)
            default: story.create(thiefsProfile)
            }
            story.requestReset()
            #expect(story.resets.isEmpty && story.standing != .opened)
            story.wait(.milliseconds(Int64.random(in: 0...3_600_000, using: &chance)))
        }
        // And the owner has the last word about all of it, as long as any of it is held.
        story.now = start + .hours(24) - oneMillisecond
        story.update(mail: thief.mail, mobile: thief.mobile)
        #expect(story.cancelChange(change).isReply)
        #expect(story.subject.account?.profile.mail == Profile.known.mail)
        #expect(story.subject.account?.profile.mobile == Profile.known.mobile)
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

    // MARK: Deletion

    @Test(
        "R93: a deleted account is gone at once, and for 24 h to the millisecond none takes its place",
        arguments: [Duration.hours(24), .hours(1), .hours(168)])
    func deleted(_ hold: Duration) throws {
        let (story, session) = try Story.loggedIn()
        story.policy.contactHold = hold
        let reset = story.requestReset()
        let began = story.now
        story.operate(DeleteAccount.self)
        #expect(story.subject.account == nil && story.state == nil)
        #expect(story.operate(GetAccount.self).refusal == .accountUnknown)
        #expect(story.operate(DeleteAccount.self).refusal == .accountUnknown)
        #expect(story.login().refusal == .loginFailed)
        #expect(story.use(session).refusal == .sessionInvalid)
        #expect(story.validate(reset).refusal == .linkInvalid)
        #expect(story.activate(reset).refusal == .activationRefused)
        story.requestReset()
        #expect(story.standing != .opened && story.lastLetters.allSatisfy { $0.kind == nil })

        story.now = began + hold - oneMillisecond
        story.create(thiefsProfile)
        #expect(story.lastEvents.isEmpty && story.lastLetters.isEmpty)
        #expect(story.subject.account == nil)
        story.wait(oneMillisecond)
        #expect(story.activate(story.create()).isReply)
        #expect(story.login().isReply)
    }

    @Test("R93: whoever opens an account in the place of a deleted one hears for how long not to")
    func heardWhen() throws {
        let story = Story(.active)
        story.operate(DeleteAccount.self)
        story.wait(.minutes(30))
        let facts = CreateAccount.Facts(
            profile: .known, reset: story.fresh(), letters: story.pair())
        let answer = CreateAccount.decide(story.subject, facts, story.policy, story.now).answer
        let refusal = try #require(answer.refusal)
        #expect(refusal.reason == .accountExists && refusal.message.hasSuffix("in 24 h"))
    }

    @Test("R93: taking a deletion back restores the account, without a password, for its owner")
    func undeleted() throws {
        let (story, session) = try Story.loggedIn()
        let before = try #require(story.subject.account)
        story.operate(DeleteAccount.self)
        let change = try #require(story.lastLetters.first).reset
        story.wait(.hours(24) - oneMillisecond)
        #expect(story.cancelChange(change).isReply)
        let account = try #require(story.subject.account)
        #expect(account.profile == .known && account.mobileConfirmed)
        #expect(account.createdAt == before.createdAt && account.version > before.version)
        #expect(story.state == .passwordOff && story.subject.deletedAccount == nil)
        #expect(story.use(session).refusal == .sessionInvalid)
        #expect(story.login().refusal == .loginFailed)
        #expect(story.cancelChange(change).refusal == .linkInvalid)
        #expect(story.recover().isReply)
        #expect(story.login().isReply)
    }

    @Test("R93, R18: a password that was checked before the deletion opens nothing after its end")
    func staleAcrossDeletion() throws {
        let story = Story(.active)
        let (version, record) = (story.subject.passwordVersion, story.freshRecord())
        story.operate(DeleteAccount.self)
        story.cancelChange(try #require(story.lastLetters.first).reset)
        let after = story.subject
        story.renew(record, of: version)
        #expect(story.subject == after && story.password == nil)
    }

    @Test("R93: what held an account holds it when it is restored", arguments: [true, false])
    func heldAcrossDeletion(_ isLocked: Bool) throws {
        let story = Story(isLocked ? .locked : .suspended)
        story.operate(DeleteAccount.self)
        story.cancelChange(try #require(story.lastLetters.first).reset)
        #expect(!story.subject.mayRecover(policy: story.policy, now: story.now))
    }

    @Test("R93: a deletion after a changed contact pushes nobody out: one link takes both back")
    func changedThenDeleted() throws {
        let (story, change) = try changed()
        story.wait(.hours(23))
        story.operate(DeleteAccount.self)
        #expect(story.lastLetters.map(\.reset) == [change, change])
        #expect(try sent(story.lastLetters[0], story).to == Profile.known.mail)
        story.wait(.hours(24) - oneMillisecond)
        #expect(story.cancelChange(change).isReply)
        #expect(story.subject.account?.profile == .known)
        #expect(story.recover().isReply)
    }

    @Test("R05, R93: whatever strangers asked for meanwhile, the restored account's owner recovers")
    func floodWhileDeleted() throws {
        let story = Story(.active)
        story.operate(DeleteAccount.self)
        let change = try #require(story.lastLetters.first).reset
        for _ in 0..<200 {
            story.requestReset()
            story.wait(.minutes(2))
        }
        #expect(story.cancelChange(change).isReply)
        #expect(story.recover().isReply)
    }

    @Test("R93: a pending account has nothing to steal: deleted, it makes room at once")
    func pendingDeleted() {
        let story = Story(.pending)
        story.operate(DeleteAccount.self)
        #expect(story.lastEvents == [.accountDeleted(nil)] && story.lastLetters.isEmpty)
        #expect(story.subject.deletedAccount == nil)
        #expect(story.activate(story.create()).isReply)
    }

    @Test("R89: nothing of a deleted account is kept once its deletion stands")
    func deletionStands() {
        let story = Story(.active)
        story.operate(DeleteAccount.self)
        #expect(story.subject.deletedAccount?.password == nil)
        story.now = start + .hours(24) - oneMillisecond
        #expect(!story.subject.isEmpty(at: story.now))
        story.wait(oneMillisecond)
        #expect(story.subject.isEmpty(at: story.now))
        story.requestReset()
        #expect(story.subject.deletedAccount == nil)
    }

    @Test("R93: a deletion is told to the contacts of before, until it stands or is taken back")
    func deletionTold() throws {
        let story = Story(.active)
        story.operate(DeleteAccount.self)
        let letters = story.lastLetters
        #expect(letters.map(\.kind) == [.accountDeletedMail, .accountDeletedSMS])
        for (letter, to) in zip(letters, [Profile.known.mail, Profile.known.mobile]) {
            let envelope = try sent(letter, story)
            #expect(envelope.to == to && envelope.linkLife == .hours(24))
        }
        story.wait(.hours(24))
        for letter in letters { #expect(story.delivery(of: letter) == .dead) }
        story.now = start
        story.cancelChange(letters[0].reset)
        for letter in letters { #expect(story.delivery(of: letter) == .dead) }
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

    @Test(
        "R93, R53, R61: until a change stands nobody is told anything but the contacts of before")
    func noticesMeanwhile() throws {
        var policy = Policy()
        policy.failuresBeforePasswordOff = 20
        let story = Story(.active, policy: policy)
        story.recover()
        let recovered = story.lastLetters
        #expect(recovered.map(\.kind) == [.recoveredMail, .recoveredSMS])
        story.update(mail: thief.mail, mobile: thief.mobile)
        let ofBefore = [Profile.known.mail, Profile.known.mobile]
        #expect(try recovered.map { try sent($0, story).to } == ofBefore)
        var failed: [Letter] = []
        for _ in 1...policy.failuresBeforeNotice {
            story.wait(.minutes(31))
            story.login(right: false)
            failed += story.lastLetters
        }
        #expect(failed.map(\.kind) == [.failedLoginsMail, .failedLoginsSMS])
        #expect(try failed.map { try sent($0, story).to } == ofBefore)
        story.now = start + .hours(24)
        #expect(try failed.map { try sent($0, story).to } == [thief.mail, thief.mobile])
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
