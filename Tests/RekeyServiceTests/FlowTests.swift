import RekeyCore
import RekeyService
import RekeySimulation
import RekeyStore
import RekeyTestSupport
import Testing

@Suite("The guide's flow, through the service")
struct FlowTests {
    private let oldPassword = "my first long password"
    private let newPassword = "my second long password"

    @Test("The seven steps end with a login by the new password, and by nothing else")
    func sevenSteps() async throws {
        let world = try World()
        try await world.createActiveAccount("C-1", password: oldPassword)
        let keys = try await world.requestReset("C-1")
        let view = try await world.call(ValidateLink.self, .init(link: keys.link))
        #expect(view.maskedMail == "c•••@•••.fr")
        #expect(!view.isActivation)
        try await world.activate(keys, newPassword)

        let session = try await world.login("C-1", newPassword)
        let who = try await world.call(CheckSession.self, .init(session: session))
        #expect(who.identifier == "c-1")
        #expect(await world.refusal(Login.self, login("C-1", oldPassword)) == .loginFailed)
        #expect(await world.refusal(ValidateLink.self, .init(link: keys.link)) == .linkInvalid)
        #expect(await world.refusal(Activate.self, activate(keys)) == .activationRefused)
    }

    @Test("R17, R48, R54: power cut after each step, and the flow goes on from there")
    func powerCuts() async throws {
        let world = try World(seed: 7)
        let first = try await world.createAccount("C-1")
        try world.crash()
        try await world.activate(first, oldPassword)
        try world.crash()
        #expect(await world.refusal(Login.self, login("C-1", "wrong")) == .loginFailed)
        try world.crash()
        let account = try await world.call(GetAccount.self, .init(identifier: "C-1"))
        #expect(account.loginFailures == 1)
        let keys = try await world.requestReset("C-1")
        try world.crash()
        _ = try await world.call(ValidateLink.self, .init(link: keys.link))
        try await world.activate(keys, newPassword)
        try world.crash()
        #expect(await world.refusal(Activate.self, activate(keys)) == .activationRefused)
        let session = try await world.login("C-1", newPassword)
        try world.crash()
        _ = try await world.call(CheckSession.self, .init(session: session))
        _ = try await world.call(Logout.self, .init(session: session))
        try world.crash()
        #expect(
            await world.refusal(CheckSession.self, .init(session: session)) == .sessionInvalid)
    }

    @Test("Letters that were queued before a power cut go out after it")
    func lettersSurvive() async throws {
        let world = try World(seed: 3)
        try await world.createActiveAccount("C-1", password: oldPassword)
        await world.dispatcher.sendDue()
        let before = world.courier.delivered.count
        _ = try await world.call(RequestReset.self, .init(identifier: "C-1"))
        try world.crash()
        try await world.activate(try await world.newestKeys(), newPassword)
        #expect(world.courier.delivered.count == before + 2)
    }

    @Test("R25: the code of one reset does not open another")
    func codesAreBound() async throws {
        let world = try World(seed: 4)
        try await world.createActiveAccount("C-1", password: oldPassword)
        let first = try await world.requestReset("C-1")
        world.time.advance(by: .seconds(61))
        let second = try await world.requestReset("C-1")
        let mixed = World.Keys(link: first.link, code: second.code)
        #expect(await world.refusal(Activate.self, activate(mixed)) == .activationRefused)
        try await world.activate(second, newPassword)
        #expect(await world.refusal(Activate.self, activate(first)) == .activationRefused)
    }

    @Test("R31: of 100 parallel Activates with the right code exactly one succeeds")
    func oneWins() async throws {
        let world = try World(seed: 5)
        try await world.createActiveAccount("C-1", password: oldPassword)
        let keys = try await world.requestReset("C-1")
        let succeeded = await withTaskGroup(of: Reason?.self) { group in
            for index in 0..<100 {
                group.addTask {
                    // The hashing queue is short on purpose: who is refused there comes again.
                    while true {
                        let reason = await world.refusal(
                            Activate.self, activate(keys, "password number \(index) of many"))
                        guard reason == .overloaded else { return reason }
                        await Task.yield()
                    }
                }
            }
            return await group.reduce(0) { $0 + ($1 == nil ? 1 : 0) }
        }
        #expect(succeeded == 1)
    }

    @Test("R31: of 100 parallel wrong codes at most five are evaluated, then the right one is late")
    func fiveGuesses() async throws {
        let world = try World(seed: 6)
        try await world.createActiveAccount("C-1", password: oldPassword)
        let keys = try await world.requestReset("C-1")
        let wrong = World.Keys(link: keys.link, code: Secret("?????".utf8))
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    // As above: nobody is turned away for good.
                    while await world.refusal(Activate.self, activate(wrong)) == .overloaded {
                        await Task.yield()
                    }
                }
            }
        }
        let accounts = try await world.store.list(after: nil, limit: 2).value
        #expect(accounts.map { $0.account?.wrongCodes.count } == [5])
        #expect(await world.refusal(Activate.self, activate(keys)) == .activationRefused)
    }

    @Test("R41, R42: what fails before the decision costs no guess")
    func noGuessSpent() async throws {
        let world = try World(seed: 8)
        try await world.createActiveAccount("C-1", password: oldPassword)
        let keys = try await world.requestReset("C-1")
        for _ in 0..<10 {
            var differs = activate(keys)
            differs.confirmation = Secret("something else entirely".utf8)
            differs.code = Secret("?????".utf8)
            #expect(await world.refusal(Activate.self, differs) == .confirmationDiffers)
            let short = activate(World.Keys(link: keys.link, code: Secret("?????".utf8)), "short")
            #expect(await world.refusal(Activate.self, short) == .passwordUnacceptable)
        }
        try await world.activate(keys, newPassword)
    }

    @Test("R21: a forged link is refused before the store is touched, an authentic one is not")
    func forgedLinks() async throws {
        let world = try World(seed: 9)
        try await world.createActiveAccount("C-1", password: oldPassword)
        let keys = try await world.requestReset("C-1")
        let session = try await world.login("C-1", oldPassword)
        let store = ClosedStore()
        let service = Service(
            store: store, keys: world.keys, hashing: world.hashing, policy: world.policy,
            randomness: world.randomness, time: world.time, state: world.service.state)
        var forged = keys.link.withBytes { Array($0) }
        forged[forged.count - 2] ^= 1
        for link in [Secret(forged), session, Secret([]), Secret("https://".utf8)] {
            for reason in await reasons(link, keys.code, service) {
                #expect(reason == .linkInvalid)
            }
        }
        #expect(store.touches == 0)
        for reason in await reasons(keys.link, keys.code, service) {
            #expect(reason == .storeUnavailable)
        }
        #expect(store.touches == 5)
    }

    /// What every method that takes a link says of this one.
    private func reasons(_ link: Secret, _ code: Secret, _ service: Service) async -> [Reason?] {
        let call = Call(caller: "test", deadline: .now.advanced(by: .seconds(60)))
        func reason<M: Served>(_: M.Type, _ request: M.Request) async -> Reason? {
            do throws(Refusal) {
                _ = try await M.answer(request, call, service)
                return nil
            } catch {
                return error.reason
            }
        }
        func reasonAtOnce() -> Reason? {
            do throws(Refusal) {
                _ = try ValidateLink.answerAtOnce(.init(link: link), call, service)
                return nil
            } catch {
                return error.reason
            }
        }
        return [
            reasonAtOnce(), await reason(ValidateLink.self, .init(link: link)),
            await reason(ResendCode.self, .init(link: link)),
            await reason(CancelContactChange.self, .init(link: link)),
            await reason(Activate.self, activate(World.Keys(link: link, code: code))),
        ]
    }

    @Test("R16: a link may be opened any number of times before it is used")
    func linksMayBeOpened() async throws {
        let world = try World(seed: 10)
        try await world.createActiveAccount("C-1", password: oldPassword)
        let keys = try await world.requestReset("C-1")
        let views = try await (0..<20).asyncMap { _ in
            try await world.call(ValidateLink.self, .init(link: keys.link))
        }
        #expect(Set(views).count == 1)
        try await world.activate(keys, newPassword)
    }

    @Test("R08: an identifier may be typed in capitals, and a look-alike is somebody else")
    func identifiers() async throws {
        let world = try World(seed: 11)
        try await world.createActiveAccount("claire@exemple.fr", password: oldPassword)
        _ = try await world.login("CLAIRE@EXEMPLE.FR", oldPassword)
        #expect(
            await world.refusal(Login.self, login("cl\u{430}ire@exemple.fr", oldPassword))
                == .loginFailed)
    }

    @Test("R39: a password typed as e and an accent equals the one typed as é")
    func normalization() async throws {
        let world = try World(seed: 12)
        try await world.createActiveAccount("C-1", password: "un mot de passe oublie\u{301}")
        _ = try await world.login("C-1", "un mot de passe oubli\u{E9}")
    }

    @Test("R59: a login ends the session that came with it")
    func sessionsRotate() async throws {
        let world = try World(seed: 13)
        try await world.createActiveAccount("C-1", password: oldPassword)
        let first = try await world.login("C-1", oldPassword)
        var request = login("C-1", oldPassword)
        request.earlierSession = first
        let second = try await world.call(Login.self, request).session
        #expect(await world.refusal(CheckSession.self, .init(session: first)) == .sessionInvalid)
        _ = try await world.call(CheckSession.self, .init(session: second))
    }

    @Test("R18: changing the password ends open links and other sessions, not this one")
    func passwordChange() async throws {
        let world = try World(seed: 14)
        try await world.createActiveAccount("C-1", password: oldPassword)
        let here = try await world.login("C-1", oldPassword)
        let elsewhere = try await world.login("C-1", oldPassword)
        let keys = try await world.requestReset("C-1")
        let wrong = ChangePassword.Request(
            session: here, currentPassword: Secret("not it".utf8),
            newPassword: Secret(newPassword.utf8), confirmation: Secret(newPassword.utf8))
        #expect(await world.refusal(ChangePassword.self, wrong) == .passwordWrong)
        var right = wrong
        right.currentPassword = Secret(oldPassword.utf8)
        _ = try await world.call(ChangePassword.self, right)
        _ = try await world.call(CheckSession.self, .init(session: here))
        #expect(
            await world.refusal(CheckSession.self, .init(session: elsewhere)) == .sessionInvalid)
        #expect(await world.refusal(ValidateLink.self, .init(link: keys.link)) == .linkInvalid)
        _ = try await world.login("C-1", newPassword)
    }

    @Test("R45: under a raised cost a login renews the record, and a failed one does not")
    func raisedCost() async throws {
        let world = try World(seed: 15)
        try await world.createActiveAccount("C-1", password: oldPassword)
        let before = world.policy.hashCost
        func costs() -> [HashCost: Int] {
            Dictionary(
                world.store.recipes().map { ($0.key.cost, $0.value) }, uniquingKeysWith: +)
        }
        #expect(costs() == [before: 1])
        var policy = world.policy
        policy.hashCost.memoryKiB += 1024
        try world.restart(under: policy)
        #expect(await world.refusal(Login.self, login("C-1", "wrong")) == .loginFailed)
        #expect(costs() == [before: 1])
        _ = try await world.login("C-1", oldPassword)
        #expect(costs() == [policy.hashCost: 1])
        try world.crash()
        #expect(costs() == [policy.hashCost: 1])
        _ = try await world.login("C-1", oldPassword)
    }

    private func login(_ identifier: String, _ password: String) -> Login.Request {
        Login.Request(identifier: identifier, password: Secret(password.utf8))
    }

    private func activate(
        _ keys: World.Keys, _ password: String = "my second long password"
    ) -> Activate.Request {
        Activate.Request(
            link: keys.link, code: keys.code, password: Secret(password.utf8),
            confirmation: Secret(password.utf8))
    }
}

extension Sequence {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows
        -> [Value]
    {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}
