import RekeyWire
import Testing

@testable import RekeyClient

/// Conversations with the state of a pool: what happens, and what it wants done.
@Suite("A pool of connections")
struct PoolStateTests {
    private typealias Action = PoolState.Action
    private let start = ContinuousClock.now
    private static let nobody = ClientError(.cannotConnect, "nobody listens")

    private func pool(_ servers: Int, waitsForReady: Bool = true) throws -> PoolState {
        PoolState(
            try (0..<servers).map { try .plaintextOnLoopback("127.0.0.1:\(1000 + $0)") },
            waitsForReady: waitsForReady)
    }

    private func connection(_ number: Int) -> PoolState.ConnectionID { .init(number: number) }
    private func waiter(_ number: Int) -> PoolState.WaiterID { .init(number: number) }

    /// A pool whose servers each have a connection, numbered from 1; waiter 1 is served by 1 and done.
    private func ready(_ servers: Int, callsMax: Int = 100) throws -> PoolState {
        var pool = try pool(servers)
        _ = pool.ask(avoiding: nil, start)
        for number in 1...servers {
            _ = pool.opened(connection(number), callsMax: callsMax, start, jitter: 1)
        }
        _ = pool.callOver(connection(1), wasAnswered: true, start)
        return pool
    }

    @Test("opens nothing before the first call, then a connection to each server; the first serves")
    func onDemand() throws {
        var pool = try pool(2)
        #expect(pool.serve(start) == [])
        #expect(
            pool.ask(avoiding: nil, start).1
                == [.open(connection(1), server: 0), .open(connection(2), server: 1)])
        // One that comes meanwhile opens no more.
        #expect(pool.ask(avoiding: nil, start).1 == [])
        #expect(
            pool.opened(connection(2), callsMax: 100, start, jitter: 1) == [
                .hand(connection(2), server: 1, to: waiter(1)),
                .hand(connection(2), server: 1, to: waiter(2)),
            ])
    }

    @Test(
        "R75: where every server wants nothing of us, calls fail at once, and none is asked for a while",
        arguments: [ClientError.Kind.profileInvalid, .serverUntrusted, .callerRefused])
    func hopeless(_ kind: ClientError.Kind) throws {
        var pool = try pool(2)
        let (first, _) = pool.ask(avoiding: nil, start)
        let no = ClientError(kind, "no")
        #expect(
            pool.failed(connection(1), no, start, jitter: 1)
                == [.wake(at: start + Backoff.untilPutRight)])
        let both = ClientError(kind, "no; no")
        #expect(
            pool.failed(connection(2), no, start, jitter: 1) == [.fail(first, both)])
        let soon = start + Backoff.untilPutRight - .milliseconds(1)
        let (second, refused) = pool.ask(avoiding: nil, soon)
        #expect(refused == [.fail(second, both)])
        // Somebody may have put it right.
        let (_, tried) = pool.ask(avoiding: nil, start + Backoff.untilPutRight)
        #expect(tried == [.open(connection(3), server: 0), .open(connection(4), server: 1)])
    }

    @Test("R75: where one is only down, calls wait for that one")
    func oneIsDown() throws {
        var pool = try pool(2)
        _ = pool.ask(avoiding: nil, start)
        _ = pool.failed(connection(1), ClientError(.callerRefused, "no"), start, jitter: 1)
        let wait = start + .milliseconds(100)
        #expect(
            pool.failed(connection(2), Self.nobody, start, jitter: 1) == [.wake(at: wait)])
        #expect(pool.serve(wait).first == .open(connection(3), server: 1))
        #expect(pool.reasons.kind == .cannotConnect)
        #expect(pool.reasons.message == "no; nobody listens")
    }

    @Test("takes turns among the servers")
    func roundRobin() throws {
        var pool = try ready(3)
        let servers = (0..<6).map { _ in handed(pool.ask(avoiding: nil, start).1)?.server }
        #expect(servers == [1, 2, 0, 1, 2, 0])
    }

    @Test("a server that just failed a call is avoided, unless it is the only one")
    func avoided() throws {
        var pool = try ready(2)
        #expect(handed(pool.ask(avoiding: 1, start).1)?.server == 0)
        #expect(handed(pool.ask(avoiding: 1, start).1)?.server == 0)
        var alone = try ready(1)
        #expect(handed(alone.ask(avoiding: 0, start).1)?.server == 0)
    }

    @Test("a further connection is opened when all are full, as their Hello counts, no sooner")
    func full() throws {
        var pool = try ready(2, callsMax: 1)
        for _ in 0..<2 { #expect(handed(pool.ask(avoiding: nil, start).1) != nil) }
        let (waiting, actions) = pool.ask(avoiding: nil, start)
        #expect(actions.count == 1)
        guard case .open(connection(3), _) = actions.first else {
            Issue.record("\(actions)")
            return
        }
        // Whoever waits gets what comes first: the new connection, or room on an old one.
        #expect(
            pool.callOver(connection(1), wasAnswered: true, start)
                == [.hand(connection(1), server: 0, to: waiting)])
        #expect(pool.opened(connection(3), callsMax: 1, start, jitter: 1) == [])
        #expect(handed(pool.ask(avoiding: nil, start).1)?.connection == connection(3))
    }

    @Test("first come, first served; who no longer waits is passed over")
    func inOrder() throws {
        var pool = try pool(1)
        let waiters = (0..<3).map { _ in pool.ask(avoiding: nil, start).0 }
        pool.forget(waiters[1])
        #expect(
            pool.opened(connection(1), callsMax: 2, start, jitter: 1) == [
                .hand(connection(1), server: 0, to: waiters[0]),
                .hand(connection(1), server: 0, to: waiters[2]),
            ])
    }

    @Test("P6.7: a server out of reach is left alone, 100 ms, then twice as long each time")
    func backoff() throws {
        var pool = try pool(1)
        _ = pool.ask(avoiding: nil, start)
        var now = start
        var number = 1
        for milliseconds in [100, 200, 400, 800, 1600, 3200, 5000, 5000] {
            let until = now + .milliseconds(milliseconds)
            #expect(
                pool.failed(connection(number), Self.nobody, now, jitter: 1) == [.wake(at: until)])
            #expect(pool.serve(until - .milliseconds(1)) == [.wake(at: until)])
            number += 1
            #expect(pool.serve(until) == [.open(connection(number), server: 0)])
            now = until
        }
        // An answer, not a Hello, ends the series.
        _ = pool.opened(connection(number), callsMax: 1, now, jitter: 1)
        #expect(pool.ended(connection(number), now, jitter: 1) == [])
        #expect(pool.ask(avoiding: nil, now).1 == [.wake(at: now + .seconds(5))])
        now += .seconds(5)
        #expect(pool.serve(now) == [.open(connection(number + 1), server: 0)])
        _ = pool.opened(connection(number + 1), callsMax: 1, now, jitter: 1)
        _ = pool.callOver(connection(number + 1), wasAnswered: true, now)
        _ = pool.ended(connection(number + 1), now, jitter: 1)
        #expect(pool.ask(avoiding: nil, now).1 == [.wake(at: now + .milliseconds(100))])
    }

    @Test("a server that fails is left alone while others serve, and is tried again after its time")
    func others() throws {
        var pool = try ready(2)
        #expect(pool.ended(connection(1), start, jitter: 1) == [])
        for _ in 0..<3 { #expect(handed(pool.ask(avoiding: nil, start).1)?.server == 1) }
        let later = start + .milliseconds(100)
        // The call itself does not wait for the connection that it opens.
        #expect(
            pool.ask(avoiding: nil, later).1.sorted() == [
                .hand(connection(2), server: 1, to: waiter(5)), .open(connection(3), server: 0),
            ])
    }

    @Test("who cannot wait hears what is wrong as soon as each server was tried once")
    func oneRound() throws {
        var pool = try pool(2, waitsForReady: false)
        let (waiter, _) = pool.ask(avoiding: nil, start)
        #expect(
            pool.failed(connection(1), Self.nobody, start, jitter: 1)
                == [.wake(at: start + .milliseconds(100))])
        let both = ClientError(.cannotConnect, "nobody listens; nobody listens")
        #expect(
            pool.failed(connection(2), Self.nobody, start, jitter: 1) == [.fail(waiter, both)])
        // The next one while they are left alone, too.
        #expect(pool.ask(avoiding: nil, start).1 == [.fail(self.waiter(2), both)])
        #expect(
            pool.ask(avoiding: nil, start + .milliseconds(100)).1
                == [.open(connection(3), server: 0), .open(connection(4), server: 1)])
    }

    @Test("P7.4: a server that goes away gets no further calls and is left alone")
    func draining() throws {
        var pool = try ready(2)
        #expect(handed(pool.ask(avoiding: 1, start).1)?.connection == connection(1))
        #expect(pool.leaving(connection(1), .refused, start, jitter: 1) == [])
        for _ in 0..<3 { #expect(handed(pool.ask(avoiding: nil, start).1)?.server == 1) }
        // Also without its end, which is no second failure.
        var ended = pool
        let later = start + .milliseconds(100)
        #expect(pool.ask(avoiding: nil, later).1.contains(.open(connection(3), server: 0)))
        _ = ended.ended(connection(1), start, jitter: 1)
        #expect(ended.ask(avoiding: nil, later).1.contains(.open(connection(3), server: 0)))
    }

    @Test("P7.2: after IDLE a new connection is opened at once")
    func idle() throws {
        var pool = try ready(1)
        _ = pool.leaving(connection(1), .idle, start, jitter: 1)
        #expect(pool.ask(avoiding: nil, start).1 == [.open(connection(2), server: 0)])
        #expect(pool.ended(connection(1), start, jitter: 1) == [])
    }

    @Test("a connection that ends between its Hello and its report serves nobody")
    func stillborn() throws {
        var pool = try pool(1)
        _ = pool.ask(avoiding: nil, start)
        #expect(pool.ended(connection(1), start, jitter: 1) == [])
        #expect(
            pool.opened(connection(1), callsMax: 1, start, jitter: 1)
                == [.close(connection(1)), .wake(at: start + .milliseconds(100))])
    }

    @Test("a client without servers, or closed, takes no call")
    func noCalls() throws {
        var none = try pool(0)
        guard case .fail(_, let error) = none.ask(avoiding: nil, start).1.first else {
            Issue.record("a call was taken")
            return
        }
        #expect(error.kind == .addressInvalid)
        var pool = try pool(1)
        let (waiter, _) = pool.ask(avoiding: nil, start)
        guard case .fail(waiter, let closed) = pool.close().first else {
            Issue.record("a call still waits")
            return
        }
        #expect(closed.kind == .cannotConnect)
        #expect(pool.ask(avoiding: nil, start).1 == [.fail(self.waiter(2), closed)])
    }

    private func handed(
        _ actions: [Action]
    ) -> (connection: PoolState.ConnectionID, server: Int)? {
        for case .hand(let connection, let server, _) in actions { return (connection, server) }
        return nil
    }
}

extension [PoolState.Action] {
    /// An order for those that may come in any.
    fileprivate func sorted() -> Self { sorted { "\($0)" < "\($1)" } }
}
