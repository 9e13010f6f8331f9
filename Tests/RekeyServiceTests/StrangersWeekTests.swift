// A stranger who knows somebody's identifier, and has an account of their own, does the worst that the
// RPCs allow for seven days of simulated time. Everything but the sockets is what ships.

import RekeyCore
import RekeySecrets
import RekeyService
import RekeySimulation
import RekeyStore
import RekeyTestSupport
import Testing

@Suite("A stranger's week")
struct StrangersWeekTests {
    @Test(
        """
        R05, R06, R26, R27, R29, R52, R53, R55: a stranger at work for a week keeps the owner out of \
        nothing, burns no guess, ends no session and fills no mailbox
        """)
    func week() async throws {
        var policy = Policy()
        // The worst is reached every day, and not once in the week.
        policy.failuresBeforePasswordOff = 20
        policy.sessionIdle = .hours(1)
        policy.sessionLife = .hours(24)
        let week = try await StrangersWeek(policy: policy, seed: 1)
        for day in 0..<7 {
            let (before, session) = (week.chance(0..<600), week.chance(700..<1440))
            for minute in 0..<1440 {
                try await week.strangerStrikes(isLoggingIn: true)
                if minute == before {
                    try await week.ownerRecovers("password of day number \(day)")
                }
                if minute % 30 == 0 || minute == session { try await week.ownerLooksAround() }
            }
        }
        #expect(week.recoveries.count == 7)
        #expect(week.loginsFailed > 7 * 20, "the password was off every day")
        #expect(week.timesOff >= 7)
        #expect(week.refusals[.rateLimited, default: 0] > 100, "some origins were over a limit")
        #expect(week.refusals[.linkInvalid, default: 0] > 1000)
        #expect(week.links.count > 7 * 5)
        #expect(week.excess == nil)
    }

    @Test("Without R05 the same stranger fills the mailbox, and this test sees it")
    func control() async throws {
        var policy = Policy()
        policy.requestSpacing = .zero
        policy.requestsPerHour = .max
        policy.requestsPerLinkLife = .max
        let week = try await StrangersWeek(policy: policy, seed: 2)
        for _ in 0..<180 { try await week.strangerStrikes(isLoggingIn: false) }
        #expect(week.links.count == 180)
        #expect(week.excess != nil)
    }
}

/// The world of that week, and what came of it so far.
private final class StrangersWeek {
    private let world: World
    private var chance: SeededGenerator
    private let owner = "C-1"
    private let ownersMail = "claire.martin@exemple.fr"
    private let subject: SubjectID
    /// The stranger's own, to be forged from.
    private var ownLink = Secret([])
    private var ownSession = Secret([])
    private var read = 0
    private var session: (token: Secret, since: Timestamp)?

    /// When the owner's mailbox got a link.
    private(set) var links: [Timestamp] = []
    /// Pairs of link and SMS that the owner holds, the newest last.
    private var newest: (link: Secret, code: Secret) = (Secret([]), Secret([]))
    private(set) var recoveries: [Timestamp] = []
    private(set) var loginsFailed = 0
    private(set) var timesOff = 0
    private(set) var refusals: [Reason: Int] = [:]

    init(policy: Policy, seed: UInt64) async throws {
        world = try World(seed: seed, policy: policy)
        chance = SeededGenerator(seed: seed)
        subject = world.keys.subjectID(of: try CanonicalIdentifier(owner))
        let stranger = try await world.createAccount("stranger", mail: "stranger@exemple.fr")
        try await world.activate(stranger, "a stranger's password")
        ownLink = try await world.requestReset("stranger").link
        ownSession = try await world.login("stranger", "a stranger's password")
        try await world.createActiveAccount(owner, password: "the owner's first password")
        readLetters()
        links = []
    }

    var now: Timestamp { world.time.wall() }

    func chance(_ range: Range<Int>) -> Int { Int.random(in: range, using: &chance) }

    // MARK: The stranger

    /// A minute of it: a request, a wrong password whenever one counts, and something forged.
    func strangerStrikes(isLoggingIn: Bool) async throws {
        world.time.advance(by: .minutes(1))
        _ = await strike(RequestReset.self, .init(identifier: owner, origin: origin()))
        try await strikeWithForgery()
        let before = try await account()
        if isLoggingIn, before.state == .active || chance(0..<600) == 0 {
            let wrong = Secret("guess number \(chance(0..<1_000_000))".utf8)
            let reason = await strike(
                Login.self, .init(identifier: owner, password: wrong, origin: origin()))
            if reason == .loginFailed { loginsFailed += 1 }
            let isOff = try await account().state == .passwordOff
            if isOff, before.state != .passwordOff { timesOff += 1 }
        }
        await world.dispatcher.sendDue()
        readLetters()
        try await expectNoGuessBurned()
    }

    private func strikeWithForgery() async throws {
        let link = forged(ownLink)
        let session = forged(ownSession)
        let password = Secret("a password of the stranger's".utf8)
        switch chance(0..<6) {
        case 0: _ = await strike(ValidateLink.self, .init(link: link, origin: origin()))
        case 1: _ = await strike(ResendCode.self, .init(link: link, origin: origin()))
        case 2:
            _ = await strike(
                Activate.self,
                .init(
                    link: link, code: Secret("aaaaa".utf8), password: password,
                    confirmation: password, origin: origin()))
        case 3: _ = await strike(CheckSession.self, .init(session: session))
        case 4: _ = await strike(Logout.self, .init(session: session))
        default:
            _ = await strike(
                ChangePassword.self,
                .init(
                    session: session, currentPassword: password, newPassword: password,
                    confirmation: password, origin: origin()))
        }
        // Now and then all of it from one place.
        guard chance(0..<60) == 0 else { return }
        for _ in 0..<20 {
            _ = await strike(
                ValidateLink.self,
                .init(link: forged(ownLink), origin: Origin(address: "203.0.113.9")))
        }
    }

    private func strike<M: Served>(_: M.Type, _ request: M.Request) async -> Reason? {
        let caller = ["portal", "call-centre", "app"][chance(0..<3)]
        let reason = await world.refusal(M.self, request, by: caller)
        if let reason { refusals[reason, default: 0] += 1 }
        return reason
    }

    private func origin() -> Origin {
        let host = chance(0..<200)
        return Origin(
            address: host % 2 == 0 ? "203.0.113.\(host)" : "2001:db8:\(host)::\(host)")
    }

    /// A token of the stranger's with another character somewhere.
    private func forged(_ token: Secret) -> Secret {
        var bytes = token.withBytes { Array($0) }
        let index = chance(0..<bytes.count - 1)
        bytes[index] = bytes[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
        return Secret(bytes)
    }

    // MARK: The owner

    /// From the newest mail, whoever asked for it; the code in the SMS may be old by now.
    func ownerRecovers(_ password: String) async throws {
        if session != nil { try await ownerLooksAround() }
        let view = try await world.call(ValidateLink.self, .init(link: newest.link), by: "portal")
        #expect(view.validUntil > now)
        _ = try await world.call(
            ResendCode.self, .init(link: newest.link, origin: Origin(address: "192.0.2.1")),
            by: "portal")
        await world.dispatcher.sendDue()
        readLetters()
        try await world.activate(
            World.Keys(link: newest.link, code: newest.code), password)
        recoveries.append(now)
        let granted = try await world.call(
            Login.self,
            .init(
                identifier: owner, password: Secret(password.utf8),
                origin: Origin(address: "192.0.2.1")), by: "portal")
        session = (granted.session, now)
    }

    /// R06: the session that the owner opened lives on, whatever happened since, for as long as any does.
    func ownerLooksAround() async throws {
        guard let session, now - session.since < world.policy.sessionLife else { return }
        let who = try await world.call(
            CheckSession.self, .init(session: session.token), by: "portal")
        #expect(who.identifier == "c-1")
    }

    // MARK: What came of it

    private func account() async throws -> AccountSummary {
        try await world.call(GetAccount.self, .init(identifier: owner))
    }

    /// R27, R29.
    private func expectNoGuessBurned() async throws {
        let account = try #require(try await world.store.read(subject).value.account)
        #expect(account.wrongCodes.isEmpty && account.resets.allSatisfy { $0.wrongCodes == 0 })
    }

    private func readLetters() {
        let delivered = world.courier.delivered
        for letter in delivered[read...] {
            switch letter.missive {
            case .mail(let mail):
                guard mail.to.text == ownersMail,
                    let start = mail.body.firstRange(of: "#")?.upperBound
                else { continue }
                newest.link = Secret(mail.body[start...].prefix { $0 != ">" }.utf8)
                links.append(now)
            case .sms(let text):
                // "… le code XXXXX."
                let words = text.words.split(separator: " ")
                guard words.dropLast().last == "code", let code = words.last else { continue }
                newest.code = Secret(code.dropLast().utf8)
            }
        }
        read = delivered.count
    }

    /// R05: the first window that held more links than one a minute, three an hour and five in twelve
    /// hours; a recovery in it, which voids every link, begins them anew.
    var excess: (since: Timestamp, links: Int)? {
        for (window, most) in [(Duration.minutes(1), 1), (.hours(1), 3), (.hours(12), 5)] {
            for first in links {
                func count(_ times: [Timestamp]) -> Int {
                    times.count { $0 >= first && $0 - first < window }
                }
                let found = count(links)
                if found > most * (1 + count(recoveries)) { return (first, found) }
            }
        }
        return nil
    }
}
