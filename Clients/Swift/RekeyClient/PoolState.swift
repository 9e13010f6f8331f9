/// Which connection a call takes, when one is opened, and which servers are left alone. Pure: each
/// event returns what is to be done; time and chance come from outside.
///
/// | a server | calls |
/// |---|---|
/// | has a connection with room | go to it in turn with the other servers |
/// | has no connection | open one, and meanwhile go elsewhere if they can |
/// | failed: no connection, or one that ended | leave it alone for a `Backoff`, then as above |
/// | is not for us: it or we cannot be trusted | the same for longer; who waits for nothing else fails |
///
/// Where all connections are full one more is opened; whoever finds no room waits, first come first
/// served.
struct PoolState {
    typealias Instant = ContinuousClock.Instant

    struct ConnectionID: Hashable { var number: Int }
    struct WaiterID: Hashable { var number: Int }

    enum Action: Equatable {
        case open(ConnectionID, server: Int)
        case hand(ConnectionID, server: Int, to: WaiterID)
        case fail(WaiterID, ClientError)
        /// Ask again then: a server is no longer left alone.
        case wake(at: Instant)
        /// It is open but nobody needs it any more.
        case close(ConnectionID)
    }

    private struct Server {
        var address: ServerAddress
        var connections: [Connection] = []
        var backoff = Backoff()
        var leftAloneUntil: Instant?
        var error: ClientError?

        var isOpening: Bool {
            connections.contains { $0.phase == .opening || $0.phase == .stillborn }
        }

        /// No connection that takes calls, or will.
        var hasNone: Bool { connections.allSatisfy { $0.phase == .leaving } }

        func mayOpen(_ now: Instant) -> Bool { !isOpening && leftAloneUntil ?? now <= now }
    }

    private struct Connection {
        /// Stillborn: it ended before its opening was reported.
        enum Phase { case opening, open, leaving, stillborn }

        var id: ConnectionID
        var phase = Phase.opening
        var callsMax = 0
        var inFlight = 0
        /// It has answered a call: its server works.
        var isProven = false

        var hasRoom: Bool { phase == .open && inFlight < callsMax }
    }

    private struct Waiter {
        var id: WaiterID
        /// The server that just failed this call.
        var avoided: Int?
    }

    private let waitsForReady: Bool
    private var servers: [Server]
    private var waiters: [Waiter] = []
    /// Whose turn it is.
    private var next = 0
    private var connectionsMade = 0
    private var waitersMade = 0
    private(set) var isClosed = false

    init(_ addresses: [ServerAddress], waitsForReady: Bool) {
        self.waitsForReady = waitsForReady
        servers = addresses.map { Server(address: $0) }
    }

    func address(_ server: Int) -> ServerAddress { servers[server].address }

    // MARK: Calls

    /// A call wants a connection, at best not to the server that just failed it.
    mutating func ask(avoiding avoided: Int?, _ now: Instant) -> (WaiterID, [Action]) {
        waitersMade += 1
        let waiter = Waiter(id: WaiterID(number: waitersMade), avoided: avoided)
        if servers.isEmpty {
            return (waiter.id, [.fail(waiter.id, .addressInvalid("no server is named"))])
        }
        if isClosed { return (waiter.id, [.fail(waiter.id, Self.closed)]) }
        waiters.append(waiter)
        return (waiter.id, serve(now))
    }

    /// It no longer wants one.
    mutating func forget(_ waiter: WaiterID) { waiters.removeAll { $0.id == waiter } }

    /// A call is no longer in flight.
    mutating func callOver(
        _ connection: ConnectionID, wasAnswered: Bool, _ now: Instant
    ) -> [Action] {
        guard let (server, index) = find(connection) else { return [] }
        servers[server].connections[index].inFlight -= 1
        if wasAnswered, !servers[server].connections[index].isProven {
            servers[server].connections[index].isProven = true
            servers[server].backoff.reset()
            servers[server].error = nil
        }
        return serve(now)
    }

    // MARK: Connections

    mutating func opened(
        _ connection: ConnectionID, callsMax: Int, _ now: Instant, jitter: Double
    ) -> [Action] {
        guard let (server, index) = find(connection) else { return [.close(connection)] }
        switch servers[server].connections[index].phase {
        case .opening: servers[server].connections[index].phase = .open
        case .stillborn:
            return [.close(connection)] + failed(connection, nil, now, jitter: jitter)
        case .open, .leaving: break
        }
        servers[server].connections[index].callsMax = callsMax
        return serve(now)
    }

    /// It could not be opened, or takes no further calls.
    mutating func failed(
        _ connection: ConnectionID, _ error: ClientError?, _ now: Instant, jitter: Double
    ) -> [Action] {
        guard let (server, _) = find(connection) else { return [] }
        leaveAlone(server, error, now, jitter)
        return remove(connection, now)
    }

    mutating func leaving(
        _ connection: ConnectionID, _ departure: Departure, _ now: Instant, jitter: Double
    ) -> [Action] {
        guard let (server, index) = find(connection) else { return [] }
        servers[server].connections[index].phase = .leaving
        switch departure {
        case .idle: break
        case .refused: leaveAlone(server, nil, now, jitter)
        case .unwelcome(let error):
            leaveAlone(
                server, ClientError(error.kind, "\(servers[server].address): \(error.message)"),
                now,
                jitter)
        }
        return serve(now)
    }

    mutating func ended(_ connection: ConnectionID, _ now: Instant, jitter: Double) -> [Action] {
        guard let (server, index) = find(connection) else { return [] }
        switch servers[server].connections[index].phase {
        case .opening, .stillborn:
            servers[server].connections[index].phase = .stillborn
            return []
        case .open:
            return failed(connection, nil, now, jitter: jitter)
        case .leaving:
            // Judged when it left.
            return remove(connection, now)
        }
    }

    private mutating func leaveAlone(
        _ server: Int, _ error: ClientError?, _ now: Instant, _ jitter: Double
    ) {
        let time =
            error?.kind.isFinal == true
            ? Backoff.untilPutRight : servers[server].backoff.next(jitter: jitter)
        servers[server].leftAloneUntil = now + time
        servers[server].error =
            error
            ?? ClientError(
                .cannotConnect, "\(servers[server].address) ended the last connection")
    }

    private mutating func remove(_ connection: ConnectionID, _ now: Instant) -> [Action] {
        guard let (server, index) = find(connection) else { return [] }
        servers[server].connections.remove(at: index)
        return serve(now)
    }

    private func find(_ connection: ConnectionID) -> (server: Int, index: Int)? {
        for server in servers.indices {
            let index = servers[server].connections.firstIndex { $0.id == connection }
            if let index { return (server, index) }
        }
        return nil
    }

    /// No call is taken any more.
    mutating func close() -> [Action] {
        isClosed = true
        defer { waiters = [] }
        return waiters.map { .fail($0.id, Self.closed) }
    }

    private static let closed = ClientError(
        .cannotConnect, "this client is closed; nothing was sent")

    // MARK: Who gets what

    /// Whoever waits gets a connection, as far as there are any.
    mutating func serve(_ now: Instant) -> [Action] {
        var actions: [Action] = []
        while let waiter = waiters.first {
            if let (server, connection) = take(avoiding: waiter.avoided, now, &actions) {
                actions.append(.hand(connection, server: server, to: waiter.id))
            } else if !waitsForReady || isHopeless, isOutOfReach(now) {
                actions.append(.fail(waiter.id, reasons))
            } else {
                break
            }
            waiters.removeFirst()
        }
        if !waiters.isEmpty,
            let time = servers.compactMap(\.leftAloneUntil).filter({ $0 > now }).min()
        {
            actions.append(.wake(at: time))
        }
        return actions
    }

    private mutating func take(
        avoiding avoided: Int?, _ now: Instant, _ actions: inout [Action]
    ) -> (server: Int, ConnectionID)? {
        let turns = servers.indices.map { (next + $0) % servers.count }
        var chosen: Int?
        for server in turns {
            if servers[server].connections.contains(where: \.hasRoom) {
                chosen = chosen == nil || chosen == avoided ? server : chosen
                if chosen != avoided { break }
            } else if servers[server].hasNone, servers[server].mayOpen(now) {
                actions.append(open(server))
            }
        }
        guard let chosen else {
            let isOpening = servers.contains(where: \.isOpening)
            if !isOpening, let server = turns.first(where: { servers[$0].mayOpen(now) }) {
                actions.append(open(server))
            }
            return nil
        }
        next = (chosen + 1) % servers.count
        let connections = servers[chosen].connections
        let emptiest = connections.indices.filter { connections[$0].hasRoom }
            .min { connections[$0].inFlight < connections[$1].inFlight }
        guard let emptiest else { return nil }
        servers[chosen].connections[emptiest].inFlight += 1
        return (chosen, connections[emptiest].id)
    }

    private mutating func open(_ server: Int) -> Action {
        connectionsMade += 1
        let id = ConnectionID(number: connectionsMade)
        servers[server].connections.append(Connection(id: id))
        return .open(id, server: server)
    }

    /// No connection is there or on its way, and every server is left alone.
    private func isOutOfReach(_ now: Instant) -> Bool {
        servers.allSatisfy { server in
            !server.mayOpen(now) && server.hasNone
        }
    }

    /// No server becomes usable by waiting.
    private var isHopeless: Bool { servers.allSatisfy { $0.error?.kind.isFinal == true } }

    /// Why there is no connection, as far as that is known.
    var reasons: ClientError {
        if servers.contains(where: { $0.connections.contains { $0.phase == .open } }) {
            return ClientError(
                .cannotConnect, "no connection had room for the call in its time; nothing was sent")
        }
        let reasons = servers.map { $0.error?.message ?? "\($0.address) has not answered in time" }
        let kinds = Set(servers.compactMap { $0.error?.kind })
        let kind = kinds.count == 1 && isHopeless ? kinds.first : nil
        return ClientError(kind ?? .cannotConnect, reasons.joined(separator: "; "))
    }
}
