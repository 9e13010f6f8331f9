// How long a session lives and what ends it. Runs decisions only.

import RekeyCore
import RekeySimulation
import RekeyTestSupport
import Testing

@Suite struct SessionTests {
    @Test("R62: a session that is not used is good at five minutes less a millisecond, then over")
    func idle() throws {
        for (pause, good) in [(Duration.minutes(5) - oneMillisecond, true), (.minutes(5), false)] {
            let (story, session) = try Story.loggedIn()
            story.wait(pause)
            #expect(story.use(session).isReply == good)
            #expect(story.use(session).refusal == (good ? nil : .sessionInvalid))
        }
    }

    @Test("R62: a session in constant use ends at eight hours, to the millisecond")
    func absolute() throws {
        let (story, session) = try Story.loggedIn()
        let end = story.now + .hours(8)
        while story.now + .minutes(4) < end {
            story.wait(.minutes(4))
            let reply = try #require(story.use(session).reply)
            #expect(reply.validUntil == end)
            #expect(reply.idleUntil == min(story.now + .minutes(5), end))
        }
        story.now = end - oneMillisecond
        #expect(story.use(session).reply?.idleUntil == end)
        story.now = end
        #expect(story.use(session).refusal == .sessionInvalid)
        #expect(story.lastEvents.isEmpty)
    }

    @Test("R62: a use in memory keeps a session alive as much as a written one")
    func memoryCounts() throws {
        let (story, session) = try Story.loggedIn()
        story.wait(.seconds(29))
        story.use(session)
        #expect(story.lastDurability == .memory)
        story.wait(.minutes(5) - oneMillisecond)
        #expect(story.use(session).isReply)
    }

    @Test("CheckSession names its account and nothing secret")
    func names() throws {
        let (story, session) = try Story.loggedIn()
        let reply = try #require(story.use(session).reply)
        #expect(reply.account == story.subject.id)
        #expect(reply.identifier == "client-1" && reply.name == "Jeanne Martin")
    }

    @Test("A use is kept in memory within its 30 s slot and written in the next, never awaited")
    func durability() throws {
        let (story, session) = try Story.loggedIn()
        #expect(story.lastDurability == .awaited)
        for (second, expected) in [
            (1.0, Durability.memory), (29.999, .memory), (30, .written), (59.999, .memory),
            (60, .written), (119, .written), (119.5, .memory),
        ] {
            story.now = start + .seconds(second)
            story.use(session)
            #expect(story.lastDurability == expected, "\(second) s")
            #expect(story.lastEvents == [.sessionUsed(session)])
        }
    }

    @Test("What a crash forgets ends a session less than 30 s early, never late", arguments: 1...10)
    func crash(seed: UInt64) throws {
        let (story, session) = try Story.loggedIn()
        var chance = SeededGenerator(seed: seed)
        var onDisk = story.subject
        while story.now < start + .hours(2) {
            story.wait(.milliseconds(Int64.random(in: 1...60_000, using: &chance)))
            story.use(session)
            if story.lastDurability == .written {
                onDisk.apply(.sessionUsed(session), at: story.now)
            }
            let kept = try #require(onDisk.account?.sessions.first).usedAt
            #expect(kept <= story.now && story.now - kept < .seconds(30))
        }
    }

    @Test("R59: a login ends the earlier session that was presented, a failed one ends nothing")
    func earlierEnds() throws {
        let (story, first) = try Story.loggedIn()
        story.login(right: false, earlier: first)
        #expect(story.use(first).isReply)
        let second = try #require(story.login(earlier: first).reply?.session)
        #expect(second != first)
        #expect(story.sessions == [second])
        story.login(earlier: story.fresh())
        #expect(story.sessions.count == 2 && story.use(second).isReply)
    }

    @Test("R63: logout holds at the next call, twice is no error, and others stay")
    func logout() throws {
        let (story, session) = try Story.loggedIn()
        let other = try #require(story.login().reply?.session)
        #expect(story.logout(session).isReply)
        #expect(story.use(session).refusal == .sessionInvalid)
        #expect(story.logout(session).isReply)
        #expect(story.lastEvents.isEmpty)
        #expect(story.use(other).isReply)
        #expect(Story().logout(session).isReply)
    }

    @Test("R63: disabling, revoking and deleting end every session at the next call")
    func operatorsEnd() throws {
        var (story, session) = try Story.loggedIn()
        story.operate(DisableAccount.self)
        #expect(story.use(session).refusal == .sessionInvalid)
        story.operate(EnableAccount.self)
        #expect(story.use(session).refusal == .sessionInvalid)

        (story, session) = try Story.loggedIn()
        story.login()
        #expect(story.operate(RevokeSessions.self).reply?.revoked == 2)
        #expect(story.use(session).refusal == .sessionInvalid)

        (story, session) = try Story.loggedIn()
        story.operate(DeleteAccount.self)
        #expect(story.use(session).refusal == .sessionInvalid)
        story.wait(.hours(24))
        #expect(story.activate(story.create()).isReply)
        #expect(story.use(session).refusal == .sessionInvalid)
    }

    @Test("A locked account's sessions rest, may be logged out, and work again after it")
    func locked() throws {
        let (story, session) = try Story.loggedIn()
        let other = try #require(story.login().reply?.session)
        story.operate(LockAccount.self)
        #expect(story.use(session).refusal == .sessionInvalid)
        #expect(story.changePassword(session).refusal == .sessionInvalid)
        #expect(story.logout(other).isReply)
        story.operate(UnlockAccount.self)
        #expect(story.use(session).isReply)
        #expect(story.use(other).refusal == .sessionInvalid)
    }

    @Test("R64: the eleventh login ends the oldest, and over ones leave before live ones")
    func tenAtMost() throws {
        let story = Story(.active)
        var opened: [SessionID] = []
        for _ in 0..<25 {
            story.wait(.seconds(1))
            opened.append(try #require(story.login().reply?.session))
            #expect(story.sessions == opened.suffix(10))
        }
        story.wait(.minutes(4))
        #expect(story.use(opened[20]).isReply)
        story.wait(.minutes(1))
        let last = try #require(story.login().reply?.session)
        #expect(story.sessions == [opened[20], last])
    }

    @Test("A request, a block or a suspension ends no session")
    func othersEndNothing() throws {
        let (story, session) = try Story.loggedIn()
        story.requestReset()
        story.failLogins(5)
        #expect(story.state == .blocked)
        #expect(story.use(session).isReply)
        story.wait(.minutes(1))
        story.suspend()
        #expect(story.state == .suspended)
        #expect(story.use(session).isReply)
    }
}
