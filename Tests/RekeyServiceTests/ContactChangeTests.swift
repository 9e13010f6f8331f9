import RekeyCore
import RekeyService
import RekeySimulation
import RekeyTestSupport
import Testing

@Suite("A changed contact, through the service")
struct ContactChangeTests {
    private let password = "my first long password"
    private let owner = "claire.martin@exemple.fr"
    private let thief = "thief@exemple.org"

    /// An active account whose mail was changed at a desk.
    private func changedWorld(seed: UInt64) async throws -> World {
        let world = try World(seed: seed)
        try await world.createActiveAccount("C-1", password: password)
        await world.dispatcher.sendDue()
        try await update(world, mail: thief)
        return world
    }

    @discardableResult
    private func update(
        _ world: World, mail: String? = nil, mobile: String? = nil
    ) async throws -> AccountSummary {
        let account = try await world.call(GetAccount.self, .init(identifier: "C-1"))
        return try await world.call(
            UpdateAccount.self,
            .init(
                identifier: "C-1", expectedVersion: account.version, mail: mail, mobile: mobile))
    }

    private func sent(_ world: World) async -> [String] {
        await world.dispatcher.sendDue()
        return world.courier.delivered.map { delivered in
            switch delivered.missive {
            case .mail(let mail): mail.to.text
            case .sms(let text): text.to.text
            }
        }
    }

    @Test("R93: a stolen desk gets no letter for 24 h, and the mail of before takes it all back")
    func stolenDesk() async throws {
        let world = try await changedWorld(seed: 51)
        let session = try await world.login("C-1", password)
        let (link, to) = try await world.newestCancelLink()
        #expect(to == owner)
        for _ in 0..<3 {
            world.time.advance(by: .hours(7))
            _ = try await world.call(RequestReset.self, .init(identifier: "C-1"))
        }
        #expect(await !sent(world).contains(thief))

        _ = try await world.call(CancelContactChange.self, .init(link: link))
        let account = try await world.call(GetAccount.self, .init(identifier: "C-1"))
        #expect(account.profile.mail == owner && account.contactHoldUntil == nil)
        #expect(
            await world.refusal(CheckSession.self, .init(session: session)) == .sessionInvalid)
        try await world.activate(try await world.requestReset("C-1"), "my second long password")
        _ = try await world.login("C-1", "my second long password")
        #expect(await !sent(world).contains(thief))
    }

    @Test("R93: a changed contact that nobody takes back gets letters after 24 h")
    func afterwards() async throws {
        let world = try await changedWorld(seed: 52)
        let (link, _) = try await world.newestCancelLink()
        world.time.advance(by: .hours(24))
        #expect(
            await world.refusal(CancelContactChange.self, .init(link: link)) == .linkInvalid)
        try await world.activate(try await world.requestReset("C-1"), "my second long password")
        #expect(await sent(world).suffix(3).contains(thief))
    }

    @Test("R93: of a stolen SIM the new number is told nothing, the old one and the mail are")
    func stolenSIM() async throws {
        let world = try World(seed: 53)
        try await world.createActiveAccount("C-1", password: password)
        let before = await sent(world).count
        try await update(world, mobile: "+33700000099")
        #expect(await Set(sent(world).dropFirst(before)) == [owner, "+33612345678"])
    }

    @Test("R17, R48: the hold, its link and its end survive power cuts and restarts")
    func powerCuts() async throws {
        let world = try await changedWorld(seed: 54)
        try world.crash()
        let (link, _) = try await world.newestCancelLink()
        _ = try await world.call(RequestReset.self, .init(identifier: "C-1"))
        try world.restart()
        #expect(await !sent(world).contains(thief))
        let held = try await world.call(GetAccount.self, .init(identifier: "C-1"))
        #expect(held.contactHoldUntil != nil)
        _ = try await world.call(CancelContactChange.self, .init(link: link))
        try world.crash()
        #expect(
            await world.refusal(CancelContactChange.self, .init(link: link)) == .linkInvalid)
        let account = try await world.call(GetAccount.self, .init(identifier: "C-1"))
        #expect(account.profile.mail == owner && account.contactHoldUntil == nil)
    }

    @Test("R93: of 50 parallel cancellations exactly one is done")
    func once() async throws {
        let world = try await changedWorld(seed: 55)
        let (link, _) = try await world.newestCancelLink()
        let done = await withTaskGroup(of: Reason?.self) { group in
            for _ in 0..<50 {
                group.addTask { await world.refusal(CancelContactChange.self, .init(link: link)) }
            }
            return await group.reduce(0) { $0 + ($1 == nil ? 1 : 0) }
        }
        #expect(done == 1)
    }

    @Test("R16, R19: elsewhere the link is a dead one, and opening it changes nothing")
    func elsewhere() async throws {
        let world = try await changedWorld(seed: 56)
        let (link, _) = try await world.newestCancelLink()
        let before = try await world.call(GetAccount.self, .init(identifier: "C-1"))
        #expect(await world.refusal(ValidateLink.self, .init(link: link)) == .linkInvalid)
        #expect(await world.refusal(ResendCode.self, .init(link: link)) == .linkInvalid)
        let activation = Activate.Request(
            link: link, code: Secret("?????".utf8), password: Secret(password.utf8),
            confirmation: Secret(password.utf8))
        #expect(await world.refusal(Activate.self, activation) == .activationRefused)
        #expect(try await world.call(GetAccount.self, .init(identifier: "C-1")) == before)
        _ = try await world.call(CancelContactChange.self, .init(link: link))
    }

    @Test("R21, R93: a forged link, a reset's and a session's token take nothing back")
    func otherLinks() async throws {
        let world = try World(seed: 57)
        try await world.createActiveAccount("C-1", password: password)
        let session = try await world.login("C-1", password)
        let reset = try await world.requestReset("C-1").link
        try await update(world, mail: thief)
        for token in [reset, session, Secret("forged".utf8), Secret([])] {
            #expect(
                await world.refusal(CancelContactChange.self, .init(link: token)) == .linkInvalid)
        }
        let account = try await world.call(GetAccount.self, .init(identifier: "C-1"))
        #expect(account.profile.mail == thief && account.contactHoldUntil != nil)
    }

    @Test("R13: the data directory holds no link that takes a change back")
    func noSecretOnDisk() async throws {
        let world = try await changedWorld(seed: 58)
        let (link, _) = try await world.newestCancelLink()
        let disk = Array(world.disk.contents.values.joined())
        #expect(link.withBytes { disk.firstRange(of: Array($0)) } == nil)
        // The search would find what is there.
        #expect(disk.firstRange(of: Array(thief.utf8)) != nil)
    }
}
