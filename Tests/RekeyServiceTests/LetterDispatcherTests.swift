import RekeyCore
import RekeyService
import RekeyStore
import RekeySimulation
import RekeyTestSupport
import Testing

@Suite("Letters on their way")
struct LetterDispatcherTests {
    private func activeWorld(seed: UInt64) async throws -> World {
        let world = try World(seed: seed)
        try await world.createActiveAccount("C-1", password: "my first long password")
        await world.dispatcher.sendDue()
        return world
    }

    @Test("A courier that fails gets the same letters again later, under the same ids")
    func retries() async throws {
        let world = try await activeWorld(seed: 31)
        let before = world.courier.delivered.count
        world.courier.fail(with: CourierError(isWorthRetrying: true, message: "full"))
        _ = try await world.call(RequestReset.self, .init(identifier: "C-1"))
        let pause = await world.dispatcher.sendDue()
        #expect(pause == world.policy.letterRetryFirst)
        let waiting = try await world.call(ListLetters.self, .init())
        #expect(waiting.letters.map(\.attempts) == [1, 1])

        world.courier.fail(with: nil)
        await world.dispatcher.sendDue()
        #expect(world.courier.delivered.count == before)
        try world.crash()
        world.time.advance(by: world.policy.letterRetryFirst)
        await world.dispatcher.sendDue()
        let sent = world.courier.delivered.dropFirst(before)
        #expect(Set(sent.map(\.id)) == Set(waiting.letters.map(\.id)))
        #expect(try await world.call(ListLetters.self, .init()).letters.isEmpty)
    }

    @Test("R03: a courier that hangs does not hold up the reply")
    func stalled() async throws {
        let world = try await activeWorld(seed: 32)
        let (release, releaser) = AsyncStream<Void>.makeStream()
        world.courier.stall { for await _ in release {} }
        let running = Task { await world.dispatcher.run() }
        for identifier in ["C-1", "unknown"] {
            _ = try await world.call(RequestReset.self, .init(identifier: identifier))
        }
        releaser.finish()
        running.cancel()
        await running.value
    }

    @Test("R67: a letter whose code was superseded or whose link is dead is never sent")
    func deadLetters() async throws {
        let world = try await activeWorld(seed: 33)
        let keys = try await world.requestReset("C-1")
        let before = world.courier.delivered.count
        world.courier.fail(with: CourierError(isWorthRetrying: true, message: "full"))
        _ = try await world.call(ResendCode.self, .init(link: keys.link))
        await world.dispatcher.sendDue()
        _ = try await world.call(ResendCode.self, .init(link: keys.link))
        world.courier.fail(with: nil)
        world.time.advance(by: .seconds(10))
        await world.dispatcher.sendDue()
        #expect(world.courier.delivered.count == before + 1)

        let newest = try await world.newestKeys()
        world.time.advance(by: .seconds(60))
        _ = try await world.call(RequestReset.self, .init(identifier: "C-1"))
        try await world.activate(newest, "my second long password")
        await world.dispatcher.sendDue()
        // The two notices of the recovery; the second reset's letters died with it.
        #expect(world.courier.delivered.count == before + 3)
    }

    @Test("R01: stand-ins leave the outbox and go to nobody")
    func standIns() async throws {
        let world = try await activeWorld(seed: 34)
        let before = world.courier.delivered.count
        _ = try await world.call(RequestReset.self, .init(identifier: "nobody"))
        #expect(world.store.status().lettersWaiting == 2)
        #expect(try await world.call(ListLetters.self, .init()).letters.isEmpty)
        await world.dispatcher.sendDue()
        #expect(world.store.status().lettersWaiting == 0)
        #expect(world.courier.delivered.count == before)
    }

    @Test(
        "R04: stand-ins and letters that are done with at a time are settled in one record",
        .timeLimit(.minutes(1)))
    func together() async throws {
        let world = try await activeWorld(seed: 37)
        for number in 0..<40 {
            _ = try await world.call(RequestReset.self, .init(identifier: "nobody \(number)"))
        }
        let before = try world.recordSizes().count
        let running = Task { await world.dispatcher.run() }
        defer { running.cancel() }
        try await world.untilWaiting(0)
        running.cancel()
        await running.value
        // What was written without waiting is on disk before whatever is written after it.
        _ = try await world.call(RequestReset.self, .init(identifier: "somebody else"))
        #expect(try world.recordSizes().count == before + 2)
    }

    @Test("R01: a courier that hangs holds up no stand-in", .timeLimit(.minutes(1)))
    func standInsPass() async throws {
        let world = try await activeWorld(seed: 38)
        let (release, releaser) = AsyncStream<Void>.makeStream()
        world.courier.stall { for await _ in release {} }
        _ = try await world.call(RequestReset.self, .init(identifier: "C-1"))
        let running = Task { await world.dispatcher.run() }
        defer {
            releaser.finish()
            running.cancel()
        }
        for number in 0..<40 {
            _ = try await world.call(RequestReset.self, .init(identifier: "nobody \(number)"))
        }
        try await world.untilWaiting(2)
        releaser.finish()
        try await world.untilWaiting(0)
        running.cancel()
        await running.value
    }

    @Test("Every letter of a long queue goes out, once", .timeLimit(.minutes(1)))
    func longQueue() async throws {
        let world = try World(seed: 39)
        let before = world.courier.delivered.count
        for number in 0..<30 {
            _ = try await world.call(
                CreateAccount.self,
                .init(
                    identifier: "C-\(number)", name: "Claire Martin",
                    mail: "claire.martin@exemple.fr", mobile: "+33612345678", language: .french))
        }
        let running = Task { await world.dispatcher.run() }
        defer { running.cancel() }
        try await world.untilWaiting(0)
        running.cancel()
        await running.value
        let sent = world.courier.delivered.dropFirst(before)
        #expect(sent.count == 60)
        #expect(Set(sent.map(\.id)).count == 60)
    }

    @Test("R09: letters go to the account's contacts, whatever was asked for")
    func destinations() async throws {
        let world = try World(seed: 35)
        try await world.createAccount("claire@exemple.fr", mail: "other@exemple.fr")
        for delivered in world.courier.delivered {
            switch delivered.missive {
            case .mail(let mail): #expect(mail.to.text == "other@exemple.fr")
            case .sms(let text): #expect(text.to.text == "+33612345678")
            }
        }
    }

    @Test("R13, R58: the data directory holds no link, code, session token or password")
    func noSecretOnDisk() async throws {
        let world = try World(seed: 36)
        let spent = try await world.createAccount("C-1")
        try await world.activate(spent, "my first long password")
        let keys = try await world.requestReset("C-1")
        let session = try await world.login("C-1", "my first long password")
        let disk = world.disk.contents.values.joined()
        func isOnDisk(_ secret: Secret) -> Bool {
            secret.withBytes { bytes in Array(disk).firstRange(of: Array(bytes)) != nil }
        }
        for secret in [keys.link, spent.link, session, Secret("my first long password".utf8)] {
            #expect(!isOnDisk(secret))
        }
        // A code is five bytes only, but so little is written here that none of it is one by chance.
        for code in [keys.code, spent.code] {
            #expect(code.count == 5 && !isOnDisk(code))
        }
        // The search would find what is there.
        #expect(isOnDisk(Secret("claire.martin@exemple.fr".utf8)))
    }
}

extension World {
    /// Until so few letters wait, or the test's time is over.
    fileprivate func untilWaiting(_ letters: Int) async throws {
        while store.status().lettersWaiting > letters {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
