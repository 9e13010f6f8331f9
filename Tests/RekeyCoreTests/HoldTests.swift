// What operators do to an account, and what they can never do. Runs decisions only.

import RekeyCore
import RekeySimulation
import RekeyTestSupport
import Testing

@Suite struct HoldTests {
    @Test("Nothing can be done to an account that is not there, and its limits stay as they are")
    func unknown() {
        let story = Story()
        let before = story.subject
        #expect(story.operate(LockAccount.self).refusal == .accountUnknown)
        #expect(story.operate(UnlockAccount.self).refusal == .accountUnknown)
        #expect(story.operate(DisableAccount.self).refusal == .accountUnknown)
        #expect(story.operate(EnableAccount.self).refusal == .accountUnknown)
        #expect(story.operate(RevokeSessions.self).refusal == .accountUnknown)
        #expect(story.operate(DeleteAccount.self).refusal == .accountUnknown)
        #expect(story.operate(GetAccount.self).refusal == .accountUnknown)
        #expect(story.subject == before && story.log.isEmpty)
    }

    @Test("A lock, an end of a lock, a disabling and its end each show the state after them")
    func shows() {
        let story = Story(.active)
        #expect(story.operate(LockAccount.self).reply?.state == .locked)
        #expect(story.operate(DisableAccount.self).reply?.state == .disabled)
        #expect(story.operate(EnableAccount.self).reply?.state == .active)
        #expect(story.operate(LockAccount.self).reply?.state == .locked)
        #expect(story.operate(UnlockAccount.self).reply?.state == .active)
    }

    @Test("A lock does not weaken a disabling, nor does an unlock end it")
    func disabledStays() {
        let story = Story(.disabled)
        let before = story.subject
        #expect(story.operate(LockAccount.self).refusal?.reason == .accountState)
        #expect(story.operate(UnlockAccount.self).refusal?.reason == .accountState)
        #expect(story.subject == before)
    }

    @Test("Enabling does not end a lock")
    func lockedStays() {
        let story = Story(.locked)
        #expect(story.operate(EnableAccount.self).refusal?.reason == .accountState)
        #expect(story.state == .locked && story.lastEvents.isEmpty)
    }

    @Test("Unlocking or enabling what is neither locked nor disabled changes nothing")
    func nothingToEnd() {
        let story = Story(.active)
        #expect(story.operate(UnlockAccount.self).reply?.state == .active)
        #expect(story.lastEvents.isEmpty)
        #expect(story.operate(EnableAccount.self).reply?.state == .active)
        #expect(story.lastEvents.isEmpty)
    }

    @Test("R27: unlocking ends a suspension, under a lock too, and gives ten new guesses")
    func unlockSuspended() {
        let story = Story(.suspended)
        story.operate(LockAccount.self)
        #expect(story.operate(UnlockAccount.self).reply?.state == .active)
        #expect(story.lastEvents == [.accountHeld(.none), .suspensionLifted])
        #expect(story.recover().isReply)
    }

    @Test("R78: no operator's call carries a password or changes one", arguments: 1...8)
    func neverAPassword(seed: UInt64) {
        var chance = SeededGenerator(seed: seed)
        for state in AccountState.allCases + AccountState.allCases {
            let story = Story(state)
            for _ in 0..<40 {
                let before = story.password
                let had = story.subject.account != nil
                operate(story, &chance)
                #expect(story.lastEvents.allSatisfy { $0.passwordRecord == nil })
                let kept = story.password == before
                #expect(kept || story.password == nil && had && story.subject.account == nil)
                #expect(story.lastLetters.allSatisfy { $0.kind?.opensNoPassword ?? false })
                story.wait(.milliseconds(Int64.random(in: 0...10_000_000, using: &chance)))
            }
        }
    }

    private func operate(_ story: Story, _ chance: inout SeededGenerator) {
        switch Int.random(in: 0..<17, using: &chance) {
        case 0: story.create()
        case 1: story.update(name: "Name \(story.log.count)")
        case 2: story.update(mail: "m\(story.log.count)@example.fr", mobile: "+33612345679")
        case 3: story.operate(LockAccount.self)
        case 4: story.operate(UnlockAccount.self)
        case 5: story.operate(DisableAccount.self)
        case 6: story.operate(EnableAccount.self)
        case 7: story.operate(RevokeSessions.self)
        case 8: story.operate(DeleteAccount.self)
        default: story.operate(GetAccount.self)
        }
    }
}

extension LetterKind {
    /// It sets no password where there was one.
    fileprivate var opensNoPassword: Bool {
        switch self {
        case .activationLink, .activationCode, .contactChangedMail, .contactChangedSMS,
            .failedLoginsMail, .failedLoginsSMS, .passwordOffMail, .passwordOffSMS,
            .accountDeletedMail, .accountDeletedSMS:
            true
        case .recoveryLink, .recoveryCode, .recoveredMail, .recoveredSMS: false
        }
    }
}
