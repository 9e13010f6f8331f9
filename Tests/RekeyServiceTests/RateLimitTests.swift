import RekeyCore
import RekeySecrets
import RekeySimulation
import RekeyTestSupport
import Testing

@testable import RekeyService

@Suite("Limits of an origin, a caller and the whole")
struct RateLimitTests {
    private let password = "my first long password"

    /// A world in which nobody owes anything any more since the start.
    private func world(_ change: (inout Policy) -> Void = { _ in }) throws -> World {
        var policy = Policy()
        change(&policy)
        let world = try World(policy: policy)
        world.time.advance(by: .hours(24))
        return world
    }

    private func refusal<M: Served>(
        _ world: World, _: M.Type, _ request: M.Request, by caller: String = "portal"
    ) async -> Refusal? {
        do {
            _ = try await world.call(M.self, request, by: caller)
            return nil
        } catch {
            return error
        }
    }

    private func forged(_ address: String) -> ValidateLink.Request {
        .init(link: Secret("https://".utf8), origin: Origin(address: address))
    }

    private func letter(_ address: String, _ identifier: String = "C-1") -> RequestReset.Request {
        .init(identifier: identifier, origin: Origin(address: address))
    }

    private func login(_ address: String, _ password: String, _ identifier: String = "C-1")
        -> Login.Request
    {
        .init(
            identifier: identifier, password: Secret(password.utf8),
            origin: Origin(address: address))
    }

    /// How many pass, called `count` times, before the first is refused as over a limit.
    private func passed<M: Served>(
        _ world: World, _: M.Type, _ request: M.Request, by caller: String = "portal", of count: Int
    ) async -> Int {
        for index in 0..<count {
            if await refusal(world, M.self, request, by: caller)?.reason == .rateLimited {
                return index
            }
        }
        return count
    }

    // MARK: Forged links

    @Test("R21: ten forged links a minute from one origin, then RATE_LIMITED until one more is due")
    func forgedLinks() async throws {
        let world = try world()
        for _ in 0..<10 {
            #expect(
                await refusal(world, ValidateLink.self, forged("192.0.2.1"))?.reason
                    == .linkInvalid)
        }
        let refused = try #require(await refusal(world, ValidateLink.self, forged("192.0.2.1")))
        #expect(refused.reason == .rateLimited && refused.retryAfter == .seconds(6))
        let code = ResendCode.Request(
            link: Secret("x".utf8), origin: Origin(address: "192.0.2.1"))
        #expect(await refusal(world, ResendCode.self, code)?.reason == .rateLimited)
        let activation = Activate.Request(
            link: Secret("x".utf8), code: Secret("x".utf8), password: Secret(password.utf8),
            confirmation: Secret(password.utf8), origin: Origin(address: "192.0.2.1"))
        #expect(await refusal(world, Activate.self, activation)?.reason == .rateLimited)

        world.time.advance(by: try #require(refused.retryAfter))
        #expect(
            await refusal(world, ValidateLink.self, forged("192.0.2.1"))?.reason == .linkInvalid)
        #expect(
            await refusal(world, ValidateLink.self, forged("192.0.2.1"))?.reason == .rateLimited)
    }

    @Test("R21, R91: an authentic link passes though its origin, caller and the whole are spent")
    func authenticLinks() async throws {
        let world = try world {
            $0.forgedLinksPerOrigin = 1
            $0.forgedLinksPerCaller = 1
            $0.forgedLinksInAll = 1
        }
        try await world.createActiveAccount("C-1", password: password)
        let keys = try await world.requestReset("C-1")
        let origin = Origin(address: "192.0.2.1")
        #expect(await passed(world, ValidateLink.self, forged("192.0.2.1"), of: 9) == 1)
        for _ in 0..<50 {
            _ = try await world.call(
                ValidateLink.self, .init(link: keys.link, origin: origin), by: "portal")
        }
        _ = try await world.call(
            Activate.self,
            .init(
                link: keys.link, code: keys.code, password: Secret(password.utf8),
                confirmation: Secret(password.utf8), origin: origin), by: "portal")
    }

    @Test("R21: 600 forged links a minute from a caller, 6,000 from all, however many origins")
    func forgedLinksOfCallers() async throws {
        let world = try world()
        func passes(_ caller: String) async -> Int {
            for number in 0..<700 {
                let refusal = await refusal(
                    world, ValidateLink.self, forged("198.51.\(number / 250).\(number % 250)"),
                    by: caller)
                if refusal?.reason == .rateLimited { return number }
            }
            return 700
        }
        for caller in 0..<10 { #expect(await passes("caller \(caller)") == 600) }
        #expect(await passes("one more") == 0)
        #expect(await passed(world, ValidateLink.self, forged(""), by: "another", of: 1) == 0)
    }

    // MARK: Letters

    @Test("R07: thirty requests for letters an hour from an origin, known or not, resends too")
    func letters() async throws {
        let world = try world()
        try await world.createActiveAccount("C-1", password: password)
        let keys = try await world.requestReset("C-1")
        for number in 0..<29 {
            let identifier = number % 2 == 0 ? "C-1" : "nobody \(number)"
            _ = try await world.call(
                RequestReset.self, letter("192.0.2.1", identifier), by: "portal")
        }
        let resend = ResendCode.Request(link: keys.link, origin: Origin(address: "192.0.2.1"))
        #expect(await refusal(world, ResendCode.self, resend) == nil)
        let known = await refusal(world, RequestReset.self, letter("192.0.2.1"))
        #expect(known?.reason == .rateLimited && known?.retryAfter == .minutes(2))
        let records = try world.recordSizes().count
        #expect(known == (await refusal(world, RequestReset.self, letter("192.0.2.1", "nobody"))))
        #expect(known == (await refusal(world, ResendCode.self, resend)))
        #expect(try world.recordSizes().count == records, "R91: the store was not asked")
    }

    @Test("R07: a caller's letters of a day and all together, as the policy says")
    func lettersOfCallers() async throws {
        let world = try world {
            $0.lettersPerCaller = 20
            $0.lettersInAll = 50
        }
        #expect(await passed(world, RequestReset.self, letter(""), by: "a", of: 60) == 20)
        #expect(await passed(world, RequestReset.self, letter(""), by: "b", of: 60) == 20)
        #expect(await passed(world, RequestReset.self, letter(""), by: "c", of: 60) == 10)
        let refused = await refusal(world, RequestReset.self, letter(""), by: "a")
        #expect(refused?.retryAfter == .seconds(86_400 / 20), "the longest of the scopes")
    }

    @Test("R07: an operator's call pays for the SMS that it sends, and for nothing else")
    func lettersOfOperators() async throws {
        let world = try world { $0.lettersPerCaller = 3 }
        try await world.createActiveAccount("C-1", password: password)
        let created = CreateAccount.Request(
            identifier: "C-2", name: "Claire", mail: "claire@exemple.fr", mobile: "+33612345678",
            language: .french)
        #expect(await refusal(world, CreateAccount.self, created, by: "desk") == nil)
        for _ in 0..<9 {
            let again = await refusal(world, CreateAccount.self, created, by: "desk")
            #expect(again?.reason == .accountExists)
        }
        let pending = AccountRequest(identifier: "C-2")
        #expect(await refusal(world, DeleteAccount.self, pending, by: "desk") == nil)

        let account = try await world.call(GetAccount.self, .init(identifier: "C-1"), by: "desk")
        let moved = UpdateAccount.Request(
            identifier: "C-1", expectedVersion: account.version, mail: "other@exemple.fr")
        #expect(await refusal(world, UpdateAccount.self, moved, by: "desk") == nil)
        let active = AccountRequest(identifier: "C-1")
        #expect(await refusal(world, DeleteAccount.self, active, by: "desk") == nil)
        let spent = await refusal(world, CreateAccount.self, created, by: "desk")
        #expect(spent?.reason == .rateLimited)
    }

    @Test("What did not run costs nothing: a field that cannot be used, a full outbox")
    func givenBack() async throws {
        let world = try world {
            $0.lettersPerOrigin = 1
            $0.lettersDueMax = 0
        }
        for _ in 0..<5 {
            let unusable = letter("192.0.2.1", "")
            #expect(await refusal(world, RequestReset.self, unusable)?.reason == .fieldInvalid)
            let full = await refusal(world, RequestReset.self, letter("192.0.2.1"))
            #expect(full?.reason == .lettersBacklog)
        }
    }

    // MARK: Failed logins

    @Test("R56: twenty failed logins an hour from an origin, whoever they are about")
    func failedLogins() async throws {
        let world = try world()
        try await world.createActiveAccount("C-1", password: password)
        for number in 0..<20 {
            let request = login("192.0.2.1", "not it", number < 2 ? "C-1" : "nobody \(number)")
            #expect(await refusal(world, Login.self, request)?.reason == .loginFailed)
        }
        let refused = await refusal(world, Login.self, login("192.0.2.1", password))
        #expect(refused?.reason == .rateLimited && refused?.retryAfter == .minutes(3))
        #expect(
            refused == (await refusal(world, Login.self, login("192.0.2.1", "not it", "nobody"))))
        #expect(await refusal(world, Login.self, login("192.0.2.2", password)) == nil)
    }

    @Test("R56: a hundred wrong passwords at once do not pass together")
    func together() async throws {
        let world = try world { $0.failedLoginsPerOrigin = 5 }
        let reasons = await withTaskGroup(of: Reason?.self) { group in
            for number in 0..<100 {
                group.addTask {
                    await refusal(
                        world, Login.self, login("192.0.2.1", "not it", "nobody \(number)"))?.reason
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(reasons.count { $0 == .loginFailed } == 5)
        #expect(reasons.count { $0 == .rateLimited } == 95)
    }

    @Test("R56: logins that succeed cost nothing, and neither does what never ran")
    func successes() async throws {
        let world = try world { $0.failedLoginsPerOrigin = 1 }
        try await world.createActiveAccount("C-1", password: password)
        for _ in 0..<3 {
            #expect(await refusal(world, Login.self, login("192.0.2.1", password)) == nil)
            let unusable = login("192.0.2.1", password, "")
            #expect(await refusal(world, Login.self, unusable)?.reason == .fieldInvalid)
        }
        let late = Call(caller: "portal", deadline: .now.advanced(by: .seconds(-1)))
        for _ in 0..<3 {
            await #expect(throws: Refusal.deadlineExceeded) {
                try await Login.answer(login("192.0.2.1", "not it"), late, world.service)
            }
        }
        #expect(await passed(world, Login.self, login("192.0.2.1", "not it"), of: 3) == 1)
    }

    @Test(
        "R56, R91: an origin whose logins are all under way is told to wait a second, and minutes once they failed"
    )
    func underWay() throws {
        var policy = Policy()
        policy.failedLoginsPerOrigin = 4
        let time = SimulatedTime()
        let limits = RateLimits(
            policy, keys: KeyRing(randomness: SeededRandomness(seed: 1)), time: time)
        time.advance(by: .hours(1))
        let call = Call(caller: "portal", deadline: .now.advanced(by: .seconds(60)))
        let origin = Origin(address: "192.0.2.1")
        func hold() throws(Refusal) -> RateLimits.Credit {
            try limits.hold(.failedLogins, call, origin)
        }
        func refusal() -> Refusal? {
            do {
                limits.settle(try hold(), isCounted: false)
                return nil
            } catch {
                return error
            }
        }
        let held = try (0..<4).map { _ in try hold() }
        let shortly = try #require(refusal())
        #expect(shortly.reason == .rateLimited && shortly.retryAfter == .seconds(1))
        limits.settle(held[0], isCounted: false)
        #expect(refusal() == nil, "one was right")
        for credit in held[1...] { limits.settle(credit, isCounted: true) }
        let last = try hold()
        #expect(refusal()?.retryAfter == .seconds(1))
        limits.settle(last, isCounted: true)
        #expect(refusal()?.retryAfter == .minutes(15))
    }

    // MARK: Who is one origin

    @Test(
        "R92: an IPv4 address is one origin, an IPv6 /64 another, an IPv4 in IPv6 the IPv4",
        arguments: [
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
            ("2001:db8:1:2::1", "2001:DB8:0001:2:0::2", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true), ("192.0.2.1", "::ffff:c000:201", true),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false), ("::1", "::2", true),
            ("192.0.2.1", "c000:201::", false),
        ])
    func networks(_ first: String, _ second: String, _ isSame: Bool) async throws {
        let world = try world()
        #expect(await passed(world, ValidateLink.self, forged(first), of: 11) == 10)
        #expect(await passed(world, ValidateLink.self, forged(second), of: 1) == (isSame ? 0 : 1))
    }

    @Test("R92: who states no origin has the caller's limit alone")
    func noOrigin() async throws {
        let world = try world()
        #expect(await passed(world, ValidateLink.self, forged(""), of: 700) == 600)
    }

    @Test("R90: limits keep keyed hashes, of which no other ring makes the same")
    func keyedHashes() throws {
        let limits = (1...2).map { seed in
            RateLimits(
                Policy(), keys: KeyRing(randomness: SeededRandomness(seed: seed)),
                time: SimulatedTime())
        }
        let payers = limits.map { $0.payer([192, 0, 2, 1], "rekey/limit-origin\0") }
        #expect(payers[0] != payers[1])
        #expect(payers[0] == limits[0].payer([192, 0, 2, 1], "rekey/limit-origin\0"))
        #expect(payers[0] != limits[0].payer([192, 0, 2, 1], "rekey/limit-caller\0"))
    }

    // MARK: One abuser and the others

    @Test(
        "R91, R92: whatever one origin does for a day, other people's calls go on", arguments: 1...3
    )
    func oneAbuser(seed: UInt64) async throws {
        // Little more than the others and one origin's share come to: a caller who paid for what was
        // refused, too, would be over it.
        let world = try world {
            $0.lettersPerCaller = 3_000
            $0.forgedLinksPerCaller = 25
        }
        var chance = SeededGenerator(seed: seed)
        var refused = 0
        func abuse(_ step: Int, isForging: Bool) async {
            let abuser = "2001:db8:1:2::\(String(step, radix: 16))"
            let refusal =
                isForging
                ? await refusal(world, ValidateLink.self, forged(abuser))
                : await refusal(world, RequestReset.self, letter(abuser, "C-\(step)"))
            if refusal?.reason == .rateLimited { refused += 1 }
        }
        for step in 0..<2_000 {
            world.time.advance(by: .milliseconds(Int64.random(in: 0...86_400, using: &chance)))
            for _ in 0..<Int.random(in: 1...12, using: &chance) {
                await abuse(step, isForging: Bool.random(using: &chance))
            }
            if step % 20 == 0 { for _ in 0..<40 { await abuse(step, isForging: true) } }
            let other = "198.51.\(step / 250).\(step % 250)"
            #expect(await refusal(world, RequestReset.self, letter(other, "C-\(step)")) == nil)
            #expect(
                await refusal(world, ValidateLink.self, forged(other))?.reason == .linkInvalid)
        }
        #expect(refused > 7_000)
    }

    // MARK: Repeats

    @Test("R94: a repeat by its key gets the first answer over the limit, and spends nothing")
    func repeats() async throws {
        let world = try world { $0.lettersPerOrigin = 2 }
        let request = letter("192.0.2.1", "nobody")
        let first = try await world.call(RequestReset.self, request, by: "portal", key: "one")
        for _ in 0..<5 {
            let again = try await world.call(RequestReset.self, request, by: "portal", key: "one")
            #expect(again == first)
        }
        #expect(await passed(world, RequestReset.self, request, of: 3) == 1)
        _ = try await world.call(RequestReset.self, request, by: "portal", key: "one")
        await #expect(throws: Refusal.self) {
            try await world.call(RequestReset.self, request, by: "portal", key: "two")
        }
    }

    @Test("R94: what was refused over the limit is not kept for its key, so its repeat runs")
    func refusedIsNotKept() async throws {
        let world = try world { $0.lettersPerOrigin = 1 }
        let request = letter("192.0.2.1")
        _ = try await world.call(RequestReset.self, request, by: "portal")
        await #expect(throws: Refusal.self) {
            try await world.call(RequestReset.self, request, by: "portal", key: "one")
        }
        world.time.advance(by: .hours(1))
        _ = try await world.call(RequestReset.self, request, by: "portal", key: "one")
    }

    // MARK: Starts

    @Test("R07, R21, R56: a restart gives a quarter of the credit, and the rest as time goes by")
    func restart() async throws {
        let world = try world { $0.failedLoginsPerOrigin = 4 }
        func pass() async -> [Int] {
            [
                await passed(world, ValidateLink.self, forged("192.0.2.1"), of: 50),
                await passed(world, RequestReset.self, letter("192.0.2.1"), of: 50),
                await passed(world, Login.self, login("192.0.2.1", "not it"), of: 6),
            ]
        }
        #expect(await pass() == [10, 30, 4])
        try world.restart()
        #expect(await pass() == [2, 7, 1])
        try world.crash()
        #expect(await pass() == [2, 7, 1])
        world.time.advance(by: .hours(1))
        #expect(await pass() == [10, 30, 4])
    }

    @Test(
        "R05, R27, R52: limits of a subject outlive a restart and a power cut", arguments: [0, 1])
    func subjectsLimits(_ way: Int) async throws {
        let world = try world()
        try await world.createActiveAccount("C-1", password: password)
        let keys = try await world.requestReset("C-1")
        let wrong = World.Keys(link: keys.link, code: Secret("?????".utf8))
        for _ in 0..<5 { try? await world.activate(wrong, "my second long password") }
        for _ in 0..<5 { _ = await world.refusal(Login.self, login("", "not it")) }
        try way == 0 ? world.restart() : world.crash()
        // R52: blocked, though the password is right. R26: the reset is burned. R05: within 60 s of
        // a request that is not live any more one more opens, and after it none.
        #expect(await world.refusal(Login.self, login("", password)) == .loginFailed)
        await #expect(throws: Refusal.activationRefused) {
            try await world.activate(keys, "my second long password")
        }
        _ = try await world.requestReset("C-1")
        try way == 0 ? world.restart() : world.crash()
        // By their ids: a power cut may send a letter once more.
        func letters() -> Set<LetterID> { Set(world.courier.delivered.map(\.id)) }
        let delivered = letters()
        _ = try await world.requestReset("C-1")
        #expect(letters() == delivered)
    }

    @Test("R91: who is over the limit of a subject hears what all others hear, and no time")
    func silent() async throws {
        let world = try world()
        let first = try await world.call(RequestReset.self, letter(""), by: "portal")
        let over = try await world.call(RequestReset.self, letter(""), by: "portal")
        #expect(first == over)
        for _ in 0..<7 {
            let failed = await refusal(world, Login.self, login("", "not it"))
            #expect(failed == Refusal.loginFailed && failed?.retryAfter == nil)
        }
    }
}
