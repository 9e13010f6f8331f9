// How long link and code are good, and what a link that is not says. Runs decisions only.

import RekeyCore
import Testing

@Suite struct LinkTests {
    @Test("R14: a link is good one millisecond before twelve hours and refused at twelve hours")
    func linkLife() {
        let story = Story(.active)
        let reset = story.requestReset()
        story.wait(.hours(12) - oneMillisecond)
        #expect(story.validate(reset).reply?.validUntil == story.now + oneMillisecond)
        #expect(story.resend(reset).isReply)
        story.wait(oneMillisecond)
        #expect(story.validate(reset).refusal == .linkInvalid)
        #expect(story.resend(reset).refusal == .linkInvalid)
        #expect(story.activate(reset).refusal == .activationRefused)
    }

    @Test("R14: a link opens an account one millisecond before twelve hours, with a new code")
    func activateAtTheEnd() {
        let story = Story(.active)
        let reset = story.requestReset()
        story.wait(.hours(12) - oneMillisecond)
        story.resend(reset)
        #expect(story.activate(reset).isReply)
    }

    @Test("R14: the link of a new account opens for 24 h and not at 24 h")
    func activationLinkLife() {
        let story = Story()
        let reset = story.create()
        story.wait(.hours(24) - oneMillisecond)
        #expect(story.validate(reset).reply?.isActivation == true)
        story.wait(oneMillisecond)
        #expect(story.validate(reset).refusal == .linkInvalid)
    }

    // The pure layer judges by the time it is given; the store never gives an earlier one. What it
    // can promise beyond that: an expired link is forgotten by the next reset that is opened.
    @Test("R14: a clock set back does not revive an expired link once another was asked for")
    func clockSetBack() {
        let story = Story(.active)
        let reset = story.requestReset()
        story.wait(.hours(12))
        story.requestReset()
        story.now = start
        #expect(story.validate(reset).refusal == .linkInvalid)
        #expect(story.activate(reset).refusal == .activationRefused)
    }

    @Test("R14: a link keeps the end it was sent with when the policy changes")
    func policyChanges() {
        let story = Story(.active)
        let reset = story.requestReset()
        story.policy.linkLife = .hours(24)
        story.wait(.hours(12))
        #expect(story.validate(reset).refusal == .linkInvalid)
    }

    @Test("R24: a code is good one millisecond before ten minutes")
    func codeLife() {
        let story = Story(.active)
        let reset = story.requestReset()
        story.wait(.minutes(10) - oneMillisecond)
        #expect(story.activate(reset).isReply)
    }

    @Test("R24: a code is refused at ten minutes, at the decision, and no guess is spent")
    func codeExpired() {
        let story = Story(.active)
        let reset = story.requestReset()
        // The code was compared in time; the decision came late.
        story.wait(.minutes(10))
        #expect(story.activate(reset).refusal == .activationRefused)
        #expect(story.openResets.first?.wrongCodes == 0)
    }

    @Test("R24: a new code lives for its own ten minutes, and never longer than its link")
    func resentCodeLife() {
        let story = Story(.active)
        let reset = story.requestReset()
        story.wait(.hours(12) - .minutes(15))
        #expect(story.resend(reset).reply?.codeValidUntil == story.now + .minutes(10))
        story.wait(.minutes(8))
        #expect(story.resend(reset).reply?.codeValidUntil == story.now + .minutes(7))
    }

    @Test("R16: a link may be opened any number of times, and only Activate consumes it")
    func validateReads() {
        let story = Story(.active)
        let reset = story.requestReset()
        let before = story.subject
        for _ in 0..<50 {
            #expect(story.validate(reset).isReply)
            #expect(story.lastEvents.isEmpty && story.lastLetters.isEmpty)
        }
        #expect(story.subject == before)
        #expect(story.activate(reset).isReply)
        #expect(story.validate(reset).refusal == .linkInvalid)
    }

    @Test("R17: a link works once")
    func singleUse() {
        let story = Story(.active)
        let reset = story.requestReset()
        #expect(story.activate(reset).isReply)
        let password = story.password
        #expect(story.activate(reset, .generation(0)).refusal == .activationRefused)
        #expect(story.password == password)
    }

    @Test("R19: expired, used, burned, voided and unknown links give one refusal and no event")
    func oneRefusal() {
        for dead in DeadLink.allCases {
            let (story, reset) = dead.told()
            #expect(story.validate(reset).refusal == .linkInvalid, "\(dead)")
            #expect(story.lastEvents.isEmpty)
            #expect(story.resend(reset).refusal == .linkInvalid, "\(dead)")
            #expect(story.lastEvents.isEmpty && story.lastLetters.isEmpty)
        }
    }

    @Test("R20: an opened link shows masked contacts, the rules and what is left")
    func shown() {
        let story = Story(.active)
        let reset = story.requestReset()
        story.resend(reset)
        let reply = story.validate(reset).reply
        #expect(
            reply
                == ValidateLink.Reply(
                    validUntil: story.now + .hours(12),
                    password: PasswordRules(codePointsMin: 15, bytesMax: 1024),
                    maskedMail: "j•••@•••.fr", maskedMobile: "•••78",
                    codeValidUntil: story.now + .minutes(10), resendsLeft: 2,
                    isActivation: false))
    }
}
