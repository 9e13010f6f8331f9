// Whoever asks for a reset hears, writes and queues the same. Runs decisions only.

import RekeyCore
import Testing

@Suite struct RequestResetTests {
    /// Whoever may ask, each in a story of its own.
    static func askers() -> [(name: String, story: Story, standing: RequestStanding)] {
        func limited(_ story: Story) -> Story {
            story.requestReset()
            return story
        }
        let states = AccountState.allCases.map { state in
            let recovers = AccountStateTests.row(of: state).recovery
            return (state.name, Story(state), recovers ? RequestStanding.opened : .counted)
        }
        return states + [
            ("unknown", Story(), .counted),
            ("over the limit", limited(Story(.active)), .ignored),
            ("unknown and over the limit", limited(Story()), .ignored),
            ("locked and over the limit", limited(Story(.locked)), .ignored),
        ]
    }

    @Test("R01, R04: whoever asks, one reply, one event of one size, two letters of one size")
    func sameForAll() {
        for (name, story, standing) in Self.askers() {
            if standing != .ignored { story.wait(.minutes(1)) }
            let facts = RequestReset.Facts(
                reset: .number(7000), letters: LetterPair(.number(7001), .number(7002)))
            let answer = story.run { RequestReset.decide($0, facts, $1, $2) }
            #expect(answer.reply == RequestReset.Reply(linkLife: .hours(12)), "\(name)")
            #expect(story.lastDurability == .awaited, "\(name)")

            let purpose: Reset.Purpose = name == "pending" ? .activation : .recovery
            let reset = Reset(
                id: facts.reset, purpose: purpose, openedAt: story.now,
                validUntil: story.now + .hours(12), codeValidUntil: story.now + .minutes(10))
            #expect(story.lastEvents == [.resetRequested(reset, standing)], "\(name)")

            let kinds: [LetterKind?] =
                switch (standing, purpose) {
                case (.opened, .recovery): [.recoveryLink, .recoveryCode]
                case (.opened, .activation): [.activationLink, .activationCode]
                case (.counted, _), (.ignored, _): [nil, nil]
                }
            let letters = zip([facts.letters.first, facts.letters.second], kinds).map { id, kind in
                Letter(
                    id: id, subject: story.subject.id, kind: kind, reset: facts.reset,
                    codeGeneration: 0, queuedAt: story.now)
            }
            #expect(story.lastLetters == letters, "\(name)")
        }
    }

    @Test("R05: one request in 60 s, judged to the millisecond, for known and unknown alike")
    func spacing() {
        for story in [Story(.active), Story()] {
            story.requestReset()
            let granted = story.standing
            story.wait(.seconds(60) - oneMillisecond)
            story.requestReset()
            #expect(story.standing == .ignored)
            story.wait(oneMillisecond)
            story.requestReset()
            #expect(story.standing == granted && granted != .ignored)
        }
    }

    @Test("R05: three requests in an hour, for known and unknown alike")
    func hourly() {
        for story in [Story(.active), Story()] {
            let first = story.now
            for _ in 0..<3 {
                story.requestReset()
                #expect(story.standing != .ignored)
                story.wait(.minutes(2))
            }
            story.now = first + .hours(1) - oneMillisecond
            story.requestReset()
            #expect(story.standing == .ignored)
            story.wait(oneMillisecond)
            story.requestReset()
            #expect(story.standing != .ignored)
        }
    }

    @Test("R05: five requests in twelve hours, for known and unknown alike")
    func perLinkLife() {
        for story in [Story(.active), Story()] {
            let first = story.now
            for _ in 0..<5 {
                story.requestReset()
                #expect(story.standing != .ignored)
                story.wait(.hours(1))
            }
            story.now = first + .hours(12) - oneMillisecond
            story.requestReset()
            #expect(story.standing == .ignored)
            story.wait(oneMillisecond)
            story.requestReset()
            #expect(story.standing != .ignored)
        }
    }

    @Test("R05: what was ignored is not counted, so a flood does not prolong its own window")
    func ignoredIsNotCounted() {
        let story = Story(.active)
        story.requestReset()
        for _ in 0..<59 {
            story.wait(.seconds(1))
            story.requestReset()
        }
        story.wait(.seconds(1))
        story.requestReset()
        #expect(story.standing == .opened)
    }

    @Test("R05: new accounts are activated outside the limits of strangers")
    func creationIsOutside() {
        let story = Story()
        story.requestReset()
        let activation = story.create()
        #expect(story.validate(activation).isReply)
        story.requestReset()
        #expect(story.standing == .ignored, "and the stranger's request still counts")
    }

    @Test("R06: requests alone change neither password, sessions, contacts nor login")
    func changesNothing() throws {
        let (story, session) = try Story.loggedIn()
        story.login(right: false)
        let before = story.subject
        for _ in 0..<10 {
            story.requestReset()
            story.wait(.seconds(20))
        }
        var account = try #require(story.subject.account)
        #expect(!account.resets.isEmpty)
        account.resets = []
        #expect(account == before.account)
        #expect(story.subject.traffic.loginFailures == before.traffic.loginFailures)
        #expect(story.use(session).isReply)
        #expect(story.login().isReply)
    }

    @Test("A subject without an account is forgotten a day after the last that was counted")
    func forgotten() {
        let calls: [(Story) -> Void] = [{ $0.requestReset() }, { $0.login(right: false) }]
        for (first, second) in [(0, 1), (1, 0)] {
            let story = Story()
            calls[first](story)
            story.wait(.hours(1))
            calls[second](story)
            story.wait(.hours(24) - oneMillisecond)
            #expect(!story.subject.isEmpty(at: story.now))
            story.wait(oneMillisecond)
            #expect(story.subject.isEmpty(at: story.now))
        }
        #expect(!Story(.active).subject.isEmpty(at: start + .hours(1000)))
    }
}
