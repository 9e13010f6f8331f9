// How many codes anybody may try, and what a wrong one says. Runs decisions only.

import RekeyCore
import Testing

@Suite struct GuessTests {
    @Test("R26: four wrong codes leave the right one good, five burn the reset")
    func burned() {
        let story = Story(.active)
        let first = story.requestReset()
        for _ in 0..<4 { story.activate(first, .wrong) }
        #expect(story.validate(first).isReply)
        story.activate(first, .wrong)
        #expect(story.activate(first).refusal == .activationRefused)
        #expect(story.validate(first).refusal == .linkInvalid)
    }

    @Test("R26: after four wrong codes the right one still opens the account")
    func fifthRight() {
        let story = Story(.active)
        let reset = story.requestReset()
        for _ in 0..<4 { story.activate(reset, .wrong) }
        #expect(story.activate(reset).isReply)
    }

    @Test("R27: ten wrong codes over several resets suspend recovery and not login")
    func suspended() {
        let story = Story(.active)
        var counted = 0
        for wrong in [4, 4, 2] {
            let reset = story.requestReset()
            for _ in 0..<wrong {
                #expect(story.state == .active, "after \(counted)")
                story.activate(reset, .wrong)
                counted += 1
            }
            story.wait(.minutes(1))
        }
        #expect(story.state == .suspended)
        #expect(story.openResets.count == 3)
        for reset in story.resets { #expect(story.activate(reset.id).refusal != nil) }
        for reset in story.resets { #expect(story.resend(reset.id).refusal == .linkInvalid) }
        #expect(story.login().isReply)
    }

    @Test("R27: a wrong code counts for 24 h and not a millisecond longer")
    func window() {
        let story = Story(.active)
        let first = story.requestReset()
        story.activate(first, .wrong)
        let firstWrong = story.now
        for wrong in [5, 4] {
            story.wait(.minutes(5))
            let reset = story.requestReset()
            for _ in 0..<wrong { story.activate(reset, .wrong) }
        }
        story.now = firstWrong + .hours(24) - oneMillisecond
        #expect(story.state == .suspended)
        #expect(story.recover().refusal == .activationRefused)
        story.wait(oneMillisecond)
        #expect(story.state == .active)
        #expect(story.recover().isReply)
    }

    @Test("R27: a resend gives no guess back")
    func resendGivesNothing() {
        let story = Story(.active)
        let reset = story.requestReset()
        for _ in 0..<3 {
            story.activate(reset, .wrong)
            story.resend(reset)
        }
        for _ in 0..<2 { story.activate(reset, .wrong) }
        #expect(story.activate(reset).refusal == .activationRefused)
        #expect(story.subject.account?.wrongCodes.count == 5)
    }

    @Test("R27: a link asks for three new codes and no more, and the last stays good")
    func resendsSpent() {
        let story = Story(.active)
        let reset = story.requestReset()
        for left in [2, 1, 0] { #expect(story.resend(reset).reply?.resendsLeft == left) }
        #expect(story.resend(reset).refusal?.reason == .resendsSpent)
        #expect(story.lastEvents.isEmpty && story.lastLetters.isEmpty)
        #expect(story.activate(reset, .generation(3)).isReply)
    }

    @Test("R29: a guess without a live link counts nothing", arguments: DeadLink.allCases)
    func deadLinkCountsNothing(_ dead: DeadLink) {
        let (story, reset) = dead.told()
        let before = story.subject
        for _ in 0..<20 { story.activate(reset, .wrong) }
        #expect(story.subject == before)
    }

    @Test(
        "R30: wrong and expired codes and dead links give one refusal, one event, no letter",
        arguments: DeadLink.allCases)
    func oneAnswer(_ dead: DeadLink) {
        var (story, reset) = dead.told()
        for code in [Story.Code.wrong, .generation(0)] {
            #expect(story.activate(reset, code).refusal == .activationRefused)
            #expect(story.lastEvents == [.activationFailed(reset, .ignored)])
            #expect(story.lastLetters.isEmpty && story.lastDurability == .awaited)
        }
        story = Story(.active)
        reset = story.requestReset()
        #expect(story.activate(reset, .wrong).refusal == .activationRefused)
        #expect(story.lastEvents == [.activationFailed(reset, .counted)])
        #expect(story.lastLetters.isEmpty && story.lastDurability == .awaited)
        story.wait(.minutes(10))
        #expect(story.activate(reset).refusal == .activationRefused)
        #expect(story.lastEvents == [.activationFailed(reset, .ignored)])
        #expect(story.lastLetters.isEmpty && story.lastDurability == .awaited)
    }

    @Test("R31: of 100 Activates with the right code one succeeds")
    func hundredRight() {
        let story = Story(.active)
        let reset = story.requestReset()
        let answers = (0..<100).map { _ in story.activate(reset, .generation(0)) }
        #expect(answers.count { $0.isReply } == 1)
        #expect(answers.allSatisfy { $0.isReply || $0.refusal == .activationRefused })
        #expect(story.log.count { $0.event.passwordRecord != nil } == 2, "creation and recovery")
    }

    @Test("R31: of 100 Activates with wrong codes five are evaluated")
    func hundredWrong() {
        let story = Story(.active)
        let reset = story.requestReset()
        for _ in 0..<100 { story.activate(reset, .wrong) }
        #expect(story.log.count { $0.event == .activationFailed(reset, .counted) } == 5)
        #expect(story.log.count { $0.event == .activationFailed(reset, .ignored) } == 95)
    }

    @Test("R34: a resend kills every code before it, and trying one is a wrong guess")
    func resendKills() {
        let story = Story(.active)
        let reset = story.requestReset()
        story.resend(reset)
        story.resend(reset)
        for earlier in [0, 1] {
            #expect(story.activate(reset, .generation(earlier)).refusal == .activationRefused)
        }
        #expect(story.openResets.first?.wrongCodes == 2)
        #expect(story.activate(reset, .generation(2)).isReply)
    }
}
