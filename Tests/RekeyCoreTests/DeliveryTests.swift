// Which letters still go out when their time comes, and to whom (R67). Runs decisions only.

import Testing

@testable import RekeyCore

@Suite struct DeliveryTests {
    /// An account with the link and the code of a reset still in the outbox.
    private func queued() -> (story: Story, reset: ResetID, link: Letter, code: Letter) {
        let story = Story(.active)
        let reset = story.requestReset()
        return (story, reset, story.lastLetters[0], story.lastLetters[1])
    }

    @Test("A link goes to the stored mail, a code to the stored mobile")
    func envelopes() {
        let (story, _, link, code) = queued()
        let envelope = Envelope(
            kind: .recoveryLink, to: Profile.known.mail, name: Profile.known.name,
            language: .french, linkLife: .hours(12))
        #expect(story.delivery(of: link) == .send(envelope))
        var other = envelope
        other.kind = .recoveryCode
        other.to = Profile.known.mobile
        #expect(story.delivery(of: code) == .send(other))
    }

    @Test("R67: letters of a dead link are never sent", arguments: DeadLink.allCases)
    func deadLinks(_ dead: DeadLink) {
        let (story, reset) = dead.told()
        for kind in [LetterKind.recoveryLink, .recoveryCode, .activationLink, .activationCode] {
            let letter = Letter(
                id: .number(1), subject: story.subject.id, kind: kind, reset: reset,
                codeGeneration: 0, queuedAt: start)
            #expect(story.delivery(of: letter) == .dead, "\(kind)")
        }
    }

    @Test("R67: a code is sent to its last millisecond, its link for as long as it opens")
    func expiry() {
        let (story, _, link, code) = queued()
        story.wait(.minutes(10) - oneMillisecond)
        #expect(story.delivery(of: code) != .dead)
        story.wait(oneMillisecond)
        #expect(story.delivery(of: code) == .dead)
        #expect(story.delivery(of: link) != .dead)
        story.now = start + .hours(12) - oneMillisecond
        #expect(story.delivery(of: link) != .dead)
        story.wait(oneMillisecond)
        #expect(story.delivery(of: link) == .dead)
    }

    @Test("R67: a resend makes the code before it dead, and not the link")
    func superseded() throws {
        let (story, reset, link, code) = queued()
        story.resend(reset)
        let newer = try #require(story.lastLetters.first)
        #expect(newer.codeGeneration == 1 && newer.kind == .recoveryCode)
        #expect(story.delivery(of: code) == .dead)
        #expect(story.delivery(of: newer) != .dead)
        #expect(story.delivery(of: link) != .dead)
    }

    @Test("A locked account's letters are held, dead ones excepted, and go out after it")
    func held() {
        let (story, _, link, code) = queued()
        story.operate(LockAccount.self)
        #expect(story.delivery(of: link) == .hold && story.delivery(of: code) == .hold)
        story.wait(.minutes(10))
        #expect(story.delivery(of: link) == .hold && story.delivery(of: code) == .dead)
        story.operate(UnlockAccount.self)
        #expect(story.delivery(of: link) != .dead && story.delivery(of: link) != .hold)
    }

    @Test("R01: a stand-in goes to nobody, whatever the subject has become")
    func standIns() {
        let story = Story()
        story.requestReset()
        let standIns = story.lastLetters
        #expect(standIns.map(\.kind) == [nil, nil])
        for letter in standIns { #expect(story.delivery(of: letter) == .dead) }
        story.create()
        for letter in standIns { #expect(story.delivery(of: letter) == .dead) }
    }

    @Test("R65: a finished recovery is told to the stored contacts, also when locked or disabled")
    func notices() {
        let story = Story(.active)
        story.recover()
        let letters = story.lastLetters
        story.operate(LockAccount.self)
        story.operate(UnlockAccount.self)
        story.operate(DisableAccount.self)
        story.wait(.hours(24))
        for (letter, to) in zip(letters, [Profile.known.mail, Profile.known.mobile]) {
            guard case .send(let envelope) = story.delivery(of: letter) else {
                Issue.record("\(letter) is not sent")
                continue
            }
            #expect(envelope.to == to && envelope.linkLife == .zero)
        }
        story.operate(DeleteAccount.self)
        for letter in letters { #expect(story.delivery(of: letter) == .dead) }
    }

    @Test("R89: a deleted account's notices do not go to the next owner of its identifier")
    func successor() {
        let story = Story(.active)
        story.recover()
        let letters = story.lastLetters
        story.operate(DeleteAccount.self)
        story.wait(.hours(24))
        story.create()
        #expect(story.subject.account != nil)
        for letter in letters { #expect(story.delivery(of: letter) == .dead) }
    }

    @Test("R09: the address is the one on file when the letter goes, once its change stands")
    func addressOnFile() throws {
        let story = Story(.active)
        story.recover()
        let notice = try #require(story.lastLetters.first)
        story.update(mail: "new@example.fr", language: .english)
        story.wait(.hours(24))
        guard case .send(let envelope) = story.delivery(of: notice) else {
            Issue.record("it is not sent")
            return
        }
        #expect(envelope.to == "new@example.fr" && envelope.language == .english)
    }

    @Test("The pause after a failed attempt doubles from 5 s to 10 min")
    func retries() {
        let policy = Policy()
        let seconds = (1...9).map { policy.letterRetryPause(afterFailures: $0) }
        #expect(seconds == [5, 10, 20, 40, 80, 160, 320, 600, 600].map { .seconds($0) })
        #expect(policy.letterRetryPause(afterFailures: .max) == .minutes(10))
    }
}
