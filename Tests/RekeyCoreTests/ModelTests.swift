// Thousands of calls in any order on one subject, and what must hold after each. Decisions only.

import RekeyCore
import RekeySimulation
import RekeyTestSupport
import Testing

@Suite struct ModelTests {
    @Test(
        "R26, R27, R64, R78, R93: what must hold holds after any call in any order",
        arguments: 1...12)
    func anyOrder(seed: UInt64) {
        let story = Story()
        var chance = SeededGenerator(seed: seed)
        var guesses: [Timestamp] = []
        // Who was a contact when no change was held.
        var settled: Profile?
        for step in 0..<3000 {
            // Every third hundred of calls a thief guesses: little but requests and wrong codes.
            let guessing = step / 100 % 3 == 2
            let longest = guessing ? 60_000 : pause(&chance)
            story.wait(.milliseconds(Int64.random(in: 0...longest, using: &chance)))
            // Applying needs no policy, so what happened under several replays all the same.
            if step % 200 == 0 {
                story.policy.codeLife = .minutes(Int.random(in: 1...60, using: &chance))
                story.policy.sessionIdle = .minutes(Int.random(in: 1...60, using: &chance))
                story.policy.blockFirst = .seconds(Int.random(in: 1...9, using: &chance))
            }
            let before = story.subject
            expectContacts(before, &settled, at: story.now)
            let mayRecover = before.mayRecover(policy: story.policy, now: story.now)
            let logged = story.log.count
            call(story, guessing ? 0..<40 : 0..<106, &chance)
            let after = story.subject
            let label: Comment = "seed \(seed), step \(step), \(story.log[logged...].map(\.event))"

            #expect(story.sessions.count <= 10, label)
            #expect(Set(story.sessions).count == story.sessions.count, label)
            #expect(story.resets.count <= 10, label)
            #expect(after.traffic.resetRequests.count <= 12, label)
            expectPassword(before, after, story.log[logged...].map(\.event), label)
            expectResets(before, after, mayRecover: mayRecover, label)
            expectContacts(after, &settled, at: story.now, label)

            for (event, at) in story.log[logged...] {
                switch event {
                case .activationFailed(_, .counted): guesses.append(at)
                case .activated, .suspensionLifted, .accountDeleted(nil): guesses = []
                default: break
                }
            }
            guesses.removeAll { story.now - $0 >= .hours(24) }
            #expect(guesses.count <= 10, label)
        }
        var replayed = Subject(id: story.subject.id)
        for (event, at) in story.log { replayed.apply(event, at: at) }
        #expect(replayed == story.subject)
        let missing = Set(0..<17).subtracting(story.log.map { kind(of: $0.event) })
        #expect(missing.isEmpty, "every kind of event happened")
    }

    /// A password begins with an activation, and every other one is somebody's own choice.
    private func expectPassword(
        _ before: Subject, _ after: Subject, _ events: [Event], _ label: Comment
    ) {
        let (old, new) = (before.account?.password, after.account?.password)
        guard old != new, let new else { return }
        #expect(events.compactMap(\.passwordRecord) == [new], label)
        if old == nil {
            guard case .activated = events.first else {
                Issue.record("a password without an activation: \(label)")
                return
            }
        }
    }

    /// Guesses never shrink while their reset lives, and resets open only for who may recover.
    private func expectResets(
        _ before: Subject, _ after: Subject, mayRecover: Bool, _ label: Comment
    ) {
        let known = before.account?.resets ?? []
        for reset in after.account?.resets ?? [] {
            if let earlier = known.first(where: { $0.id == reset.id }) {
                #expect(reset.wrongCodes >= earlier.wrongCodes, label)
                #expect(reset.codeGeneration >= earlier.codeGeneration, label)
                #expect(reset.validUntil == earlier.validUntil, label)
            } else {
                #expect(mayRecover || before.account == nil, label)
            }
            #expect(reset.wrongCodes <= 5 && reset.codeGeneration <= 3, label)
        }
        #expect(after.account?.hold != .disabled || after.account?.resets == [], label)
        #expect(after.account?.hold != .disabled || after.account?.sessions == [], label)
    }

    /// However often contacts change, those of before stay who may take it back, and nobody
    /// recovers the account meanwhile.
    private func expectContacts(
        _ subject: Subject, _ settled: inout Profile?, at now: Timestamp, _ label: Comment = ""
    ) {
        let account = subject.account ?? subject.deletedAccount
        guard let account, let change = account.contactChange, now < change.heldUntil else {
            settled = account?.profile
            return
        }
        #expect(change.mail == settled?.mail && change.mobile == settled?.mobile, label)
        #expect(account.wasActivated && account.resets.isEmpty, label)
    }

    private func pause(_ chance: inout SeededGenerator) -> Int64 {
        [0, 1, 1000, 60_000, 600_000, 30_000_000].randomElement(using: &chance) ?? 0
    }

    private func call(_ story: Story, _ range: Range<Int>, _ chance: inout SeededGenerator) {
        let reset = story.resets.randomElement(using: &chance)?.id ?? .number(0)
        let session = story.sessions.randomElement(using: &chance) ?? .number(0)
        switch Int.random(in: range, using: &chance) {
        case 0..<12: story.requestReset()
        case 12..<34: story.activate(reset, .wrong)
        case 34..<36: story.operate(UnlockAccount.self)
        case 36..<38: story.operate(EnableAccount.self)
        case 38..<40: story.create()
        case 40..<43, 100..<106: story.activate(reset)
        case 43..<45: story.resend(reset)
        case 45..<48: story.validate(reset)
        case 48..<63: story.login(earlier: Bool.random(using: &chance) ? session : nil)
        case 63..<65: story.renew(story.freshRecord())
        case 65..<71: story.login(right: false)
        case 71..<75: story.use(session)
        case 75..<77:
            let account = story.subject.account ?? story.subject.deletedAccount
            story.cancelChange(account?.contactChange?.id ?? reset)
        case 77..<79: story.logout(session)
        case 79..<81: story.changePassword(story.login().reply?.session ?? session)
        case 81..<82: story.changePassword(session, right: false)
        case 82..<86:
            if let change = story.subject.deletedAccount?.contactChange {
                story.cancelChange(change.id)
            } else {
                story.create()
            }
        case 86..<87: story.operate(DeleteAccount.self)
        case 87..<88: story.update(name: "Name \(story.log.count)")
        case 88..<90: story.update(mail: "m\(story.log.count)@example.fr")
        case 90..<91: story.operate(LockAccount.self)
        case 91..<94: story.operate(UnlockAccount.self)
        case 94..<95: story.operate(DisableAccount.self)
        case 95..<98: story.operate(EnableAccount.self)
        case 98..<99: story.operate(RevokeSessions.self)
        default: story.operate(GetAccount.self)
        }
    }

    /// Exhaustive, so that the count above grows with the events.
    private func kind(of event: Event) -> Int {
        switch event {
        case .resetRequested: 0
        case .codeResent: 1
        case .activationFailed: 2
        case .activated: 3
        case .loginFailed: 4
        case .loggedIn: 5
        case .passwordRehashed: 6
        case .sessionUsed: 7
        case .sessionEnded: 8
        case .passwordChanged: 9
        case .accountCreated: 10
        case .accountUpdated: 11
        case .accountHeld: 12
        case .suspensionLifted: 13
        case .accountDeleted: 14
        case .sessionsRevoked: 15
        case .contactChangeCancelled: 16
        }
    }
}
