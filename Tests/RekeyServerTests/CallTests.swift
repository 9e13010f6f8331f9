import Dispatch
import RekeyCore
import RekeySecrets
import RekeyTestSupport
import RekeyWire
import Testing

@Suite("Calls in flight")
struct CallTests {
    private let password = Secret("my first long password".utf8)

    /// Returns when every hashing thread waits for `end`.
    private func occupy(_ hashing: HashingPool, until end: DispatchGroup) async throws {
        let (begun, begin) = AsyncStream<Void>.makeStream()
        for _ in 0..<HashingPool.processorCount {
            Task {
                try await hashing.run {
                    begin.yield()
                    end.wait()
                }
            }
        }
        var beginnings = begun.makeAsyncIterator()
        for _ in 0..<HashingPool.processorCount { await beginnings.next() }
    }

    @Test("A quick call overtakes a slow one")
    func outOfOrder() async throws {
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            try await client.send(
                client.request(Login.self, .init(identifier: "C-1", password: password), id: 1)
                    + client.request(Health.self, .init(), id: 2))
            #expect(try await client.next() == .reply(2, [8, 1]))
            #expect(try await client.next().failure?.reason == "LOGIN_FAILED")
        }
    }

    @Test("A call whose time is over before it is decided changes nothing")
    func deadline() async throws {
        try await Serving.run { serving in
            try await serving.world.createActiveAccount("C-1", password: "my first long password")
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            let wrong = Secret("a wrong password".utf8)
            try await client.send(
                client.request(
                    Login.self, .init(identifier: "C-1", password: wrong), id: 1,
                    timeout: .milliseconds(1)))
            #expect(try await client.next().failure?.status == .deadlineExceeded)
            let account = try await serving.world.call(GetAccount.self, .init(identifier: "C-1"))
            #expect(account.loginFailures == 0)
        }
    }

    @Test(
        "Each call ends at its own deadline, however long one before it may take",
        .timeLimit(.minutes(1)))
    func deadlines() async throws {
        try await Serving.run { serving in
            // Every hashing thread is busy, so a login waits for one.
            let busy = DispatchGroup()
            busy.enter()
            defer { busy.leave() }
            try await occupy(serving.world.hashing, until: busy)
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            func login(_ id: UInt64, _ timeout: Duration) async throws {
                try await client.send(
                    client.request(
                        Login.self, .init(identifier: "C-1", password: password), id: id,
                        timeout: timeout))
            }
            try await login(1, .seconds(30))
            for id in UInt64(2)...4 {
                try await login(id, .milliseconds(20))
                #expect(try await client.next().expired == id)
            }
            try await login(5, .milliseconds(20))
            try await login(6, .milliseconds(80))
            let last = try await [client.next().expired, client.next().expired]
            #expect(Set(last) == [5, 6])
        }
    }

    @Test("A cancelled call is answered, once")
    func cancel() async throws {
        try await Serving.run { serving in
            // Every hashing thread is busy, so the login waits for one.
            let busy = DispatchGroup()
            busy.enter()
            defer { busy.leave() }
            try await occupy(serving.world.hashing, until: busy)
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            try await client.send(
                client.request(Login.self, .init(identifier: "C-1", password: password), id: 1))
            try await client.send(.cancel(callID: 1))
            try await client.send(.cancel(callID: 99))
            #expect(try await client.next().failure?.reason == "CANCELLED")
            try await client.send(client.request(Health.self, .init(), id: 2))
            #expect(try await client.next() == .reply(2, [8, 1]))
        }
    }

    @Test("R85: at most 100 calls are in flight on a connection, and the rest hear so at once")
    func tooMany() async throws {
        try await Serving.run { serving in
            let gate = DiskGate(serving.world.disk)
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            for id in UInt64(1)...101 {
                try await client.send(
                    client.request(RequestReset.self, .init(identifier: "C-\(id)"), id: id))
            }
            guard case .failure(101, let failure) = try await client.next() else {
                Issue.record("the 101st call was not refused first")
                gate.open()
                return
            }
            #expect(failure.reason == "TOO_MANY_CALLS")
            gate.open()
            for _ in 1...100 {
                guard case .reply = try await client.next() else {
                    Issue.record("a call in flight was not answered")
                    return
                }
            }
        }
    }

    @Test(
        "P7.4: a drain announces itself, then draws the line; calls before it are answered, later ones refused"
    )
    func drain() async throws {
        try await Serving.run { serving in
            let gate = DiskGate(serving.world.disk)
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            try await client.send(
                client.request(RequestReset.self, .init(identifier: "C-1"), id: 1))
            await gate.isReached()
            await serving.stop()
            var isOpen = false
            defer { if !isOpen { gate.open() } }
            guard case .goAway(let announcement) = try await client.next(),
                case .ping(let token) = try await client.next()
            else {
                Issue.record("no GoAway with a Ping")
                return
            }
            #expect(announcement.reason == "DRAINING")
            #expect(announcement.lastCallID == .max)
            // It crossed the announcement, so it is run.
            try await client.send(client.request(Health.self, .init(), id: 2))
            #expect(try await client.next() == .reply(2, [8, 2]))
            try await client.send(.pong(token: token))
            guard case .goAway(let goAway) = try await client.next() else {
                Issue.record("no second GoAway")
                return
            }
            #expect(goAway.lastCallID == 2)
            try await client.send(client.request(Health.self, .init(), id: 3))
            let refused = try await client.next().failure
            #expect(refused?.reason == "DRAINING" && refused?.isNotProcessed == true)
            gate.open()
            isOpen = true
            guard case .reply(1, _) = try await client.next() else {
                Issue.record("the call in flight was lost")
                return
            }
            #expect(try await client.next() == .closed)
        }
    }

    @Test("A client that sends no more still gets its replies")
    func halfClose() async throws {
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            try await client.send(
                client.request(Login.self, .init(identifier: "C-1", password: password), id: 1))
            try await client.halfClose()
            #expect(try await client.next().failure?.reason == "LOGIN_FAILED")
            #expect(try await client.next() == .closed)
        }
    }

    @Test("A client that asks for much and then sends no more gets every reply to the end")
    func muchAtOnce() async throws {
        try await Serving.run { serving in
            for number in 0..<20 { try await serving.world.createAccount("C-\(number)") }
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            // More than the sockets between them hold.
            let calls = UInt64(1)...2000
            try await client.send(
                calls.flatMap { client.request(ListAccounts.self, .init(), id: $0) })
            try await client.halfClose()
            var answered: [UInt64: Int] = [:]
            reading: while true {
                switch try await client.next() {
                case .reply(let id, _): answered[id, default: 0] += 1
                case .failure(let id, let failure):
                    #expect(failure.reason == "TOO_MANY_CALLS")
                    answered[id, default: 0] += 1
                case .closed: break reading
                default: Issue.record("something else came")
                }
            }
            #expect(answered.count == calls.count)
            #expect(answered.values.allSatisfy { $0 == 1 })
        }
    }

    @Test(
        "The same idempotency key and call is done once and answered alike; another call is refused"
    )
    func idempotency() async throws {
        try await Serving.run { serving in
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            let account = CreateAccount.Request(
                identifier: "C-1", name: "Claire", mail: "c@exemple.fr", mobile: "+33612345678",
                language: .french)
            var replies: [[UInt8]] = []
            for id in UInt64(1)...2 {
                try await client.send(
                    client.request(CreateAccount.self, account, id: id, idempotencyKey: [1]))
                guard case .reply(_, let body) = try await client.next() else { break }
                replies.append(body)
            }
            #expect(replies.count == 2 && replies[0] == replies[1])
            try await client.send(client.request(CreateAccount.self, account, id: 3))
            #expect(try await client.next().failure?.reason == "ACCOUNT_EXISTS")
            var other = account
            other.name = "Clara"
            try await client.send(
                client.request(CreateAccount.self, other, id: 4, idempotencyKey: [1]))
            #expect(try await client.next().failure?.reason == "IDEMPOTENCY_KEY_REUSED")
            try await client.send(
                client.request(
                    Login.self, .init(identifier: "C-1", password: password), id: 5,
                    idempotencyKey: [2]))
            #expect(try await client.next().failure?.details.map(\.field) == ["idempotency_key"])
        }
    }

    @Test("R94: a repeated Activate is answered again only for the same password")
    func repeatedActivate() async throws {
        try await Serving.run { serving in
            let keys = try await serving.world.createAccount("C-1")
            let client = try await RawClient(port: serving.port)
            try await client.greet()
            func activate(_ password: String, id: UInt64) -> [UInt8] {
                let password = Secret(password.utf8)
                return client.request(
                    Activate.self,
                    .init(
                        link: keys.link, code: keys.code, password: password,
                        confirmation: password), id: id, idempotencyKey: [7])
            }
            try await client.send(activate("my first long password", id: 1))
            #expect(try await client.next() == .reply(1, []))
            try await client.send(activate("my first long password", id: 2))
            #expect(try await client.next() == .reply(2, []))
            try await client.send(activate("my second long password", id: 3))
            #expect(try await client.next().failure?.reason == "IDEMPOTENCY_KEY_REUSED")
        }
    }
}
