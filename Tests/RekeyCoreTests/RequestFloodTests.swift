// R05's promise under a stranger who never stops asking. Runs decisions only.

import RekeyCore
import RekeySimulation
import RekeyTestSupport
import Testing

@Suite struct RequestFloodTests {
    @Test("R05: after any request the owner who may recover holds a live link", arguments: 1...20)
    func ownerHoldsLiveLink(seed: UInt64) {
        let story = Story(.active)
        var chance = SeededGenerator(seed: seed)
        for step in 0..<1500 {
            story.wait(.milliseconds(Int64.random(in: 1...1_200_000, using: &chance)))
            happen(in: story, &chance)
            story.requestReset()
            guard story.subject.mayRecover(policy: story.policy, now: story.now) else { continue }
            #expect(!story.openResets.isEmpty, "seed \(seed), step \(step): \(story.subject)")
            if story.openResets.isEmpty { return }
        }
    }

    /// What owner, thief and operators do between two requests.
    private func happen(in story: Story, _ chance: inout SeededGenerator) {
        let newest = story.openResets.last?.id ?? .number(0)
        switch Int.random(in: 0..<40, using: &chance) {
        case 0:
            story.resend(newest)
            story.activate(newest)
        case 1: for _ in 0..<5 { story.activate(newest, .wrong) }
        case 2: if let granted = story.login().reply { story.changePassword(granted.session) }
        case 3: story.update(mail: "a\(story.log.count)@example.fr")
        case 12...15:
            if let change = story.subject.account?.contactChange { story.cancelChange(change.id) }
        case 4: story.operate(LockAccount.self)
        case 5...7: story.operate(UnlockAccount.self)
        case 8: story.operate(DisableAccount.self)
        case 9...11: story.operate(EnableAccount.self)
        default: break
        }
    }

    @Test("R05: the owner finishes from the newest live link under a permanent flood")
    func ownerFinishes() {
        let story = Story(.active)
        for minute in 0..<(48 * 60) {
            story.requestReset()
            if minute % 97 == 0, let newest = story.openResets.last {
                story.resend(newest.id)
                #expect(story.activate(newest.id).isReply, "minute \(minute)")
                story.requestReset()
            }
            #expect(!story.openResets.isEmpty, "minute \(minute)")
            story.wait(.minutes(1))
        }
    }

    @Test("R05: requests made while recovery was stopped leave no one without a link after it")
    func afterRecoveryWasStopped() {
        for (stopped, ending) in [
            (AccountState.locked, AccountStateTests.Ending.unlock), (.disabled, .enable),
            (.suspended, .unlock),
        ] {
            let story = Story(stopped)
            for _ in 0..<90 {
                story.requestReset()
                #expect(story.standing != .opened)
                story.wait(.minutes(1))
            }
            ending.happens(in: story)
            story.requestReset()
            #expect(story.openResets.count == 1, "\(stopped.name), \(ending)")
        }
    }

    @Test("R05: with links shorter than an hour the hourly limit leaves no one without a link")
    func shortLinks() {
        var policy = Policy()
        policy.linkLife = .minutes(10)
        let story = Story(.active, policy: policy)
        for minute in 0..<180 {
            story.requestReset()
            #expect(!story.openResets.isEmpty, "minute \(minute)")
            story.wait(.minutes(1))
        }
    }

    @Test("R05: a flood sends at most one pair in 60 s, three an hour, five in twelve hours")
    func bounded() {
        let story = Story(.active)
        var chance = SeededGenerator(seed: 1)
        var opened: [Timestamp] = []
        for _ in 0..<20_000 {
            story.requestReset()
            if story.lastLetters.contains(where: { $0.kind != nil }) { opened.append(story.now) }
            story.wait(.milliseconds(Int64.random(in: 1...60_000, using: &chance)))
        }
        #expect(opened.count > 50)
        for (count, window) in [(1, Duration.seconds(60)), (3, .hours(1)), (5, .hours(12))] {
            for (first, next) in zip(opened, opened.dropFirst(count)) {
                #expect(next - first >= window, "\(count + 1) within \(window)")
            }
        }
    }
}
