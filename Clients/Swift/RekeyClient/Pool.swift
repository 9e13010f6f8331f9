import NIOCore
import NIOPosix
import RekeyCore
import Synchronization

/// The connections of one client. What happens and when is PoolState's to say; this room does it:
/// state is changed under the lock, and acted upon outside it.
final class Pool: Sendable {
    struct Lease {
        var connection: Connection
        var server: Int
    }

    private struct Guarded {
        var state: PoolState
        var connections: [PoolState.ConnectionID: Connection] = [:]
        var waiting: [PoolState.WaiterID: Waiting] = [:]
        var wakesAt: ContinuousClock.Instant?
    }

    private struct Waiting {
        var answer: CheckedContinuation<Result<Lease, ClientError>, Never>
        var alarm: Scheduled<Void>?
    }

    private let guarded: Mutex<Guarded>
    private let patience: Patience
    private let loop = MultiThreadedEventLoopGroup.singleton.any()

    init(_ servers: [ServerAddress], waitsForReady: Bool, patience: Patience) {
        guarded = Mutex(Guarded(state: PoolState(servers, waitsForReady: waitsForReady)))
        self.patience = patience
    }

    /// Connections know their pool weakly, so that one that is dropped ends them.
    deinit { for connection in guarded.withLock({ $0.connections.values }) { connection.drop() } }

    /// Room for one call; the connection itself says when it is free again.
    ///
    /// - Parameter avoided: the server that just failed this call.
    /// - Throws: `.cannotConnect` when there is none in time, `.cancelled`.
    func lease(
        avoiding avoided: Int?, until deadline: ContinuousClock.Instant
    ) async throws(ClientError) -> Lease {
        let ticket = Mutex<PoolState.WaiterID?>(nil)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { answer in
                change { guarded in
                    let (waiter, actions) = guarded.state.ask(avoiding: avoided, .now)
                    guarded.waiting[waiter] = Waiting(answer: answer)
                    ticket.withLock { $0 = waiter }
                    return actions
                }
                guard let waiter = ticket.withLock({ $0 }) else { return }
                setAlarm(waiter, deadline)
                if Task.isCancelled { fail(waiter, .cancelled(outcomeUnknown: false)) }
            }
        } onCancel: {
            guard let waiter = ticket.withLock({ $0 }) else { return }
            fail(waiter, .cancelled(outcomeUnknown: false))
        }
        return try result.get()
    }

    private func setAlarm(_ waiter: PoolState.WaiterID, _ deadline: ContinuousClock.Instant) {
        guarded.withLock { guarded in
            guard guarded.waiting[waiter] != nil else { return }
            guarded.waiting[waiter]?.alarm = loop.scheduleTask(
                in: TimeAmount(deadline - .now)
            ) { [weak self] in
                guard let self else { return }
                fail(waiter, self.guarded.withLock { $0.state.reasons })
            }
        }
    }

    private func fail(_ waiter: PoolState.WaiterID, _ error: ClientError) {
        change { guarded in
            guarded.state.forget(waiter)
            return [.fail(waiter, error)]
        }
    }

    /// Ends all connections; calls that still wait fail.
    func close() async {
        change { $0.state.close() }
        for connection in guarded.withLock({ $0.connections.values }) { await connection.close() }
    }

    // MARK: What happens to connections

    private func open(_ id: PoolState.ConnectionID, _ address: ServerAddress) {
        Task { [weak self, patience] in
            do throws(ClientError) {
                let connection = try await Connection.open(to: address, patience: patience) {
                    [weak self] in self?.receive($0, id)
                }
                guard let self else { return connection.drop() }
                change { guarded in
                    guarded.connections[id] = connection
                    if guarded.state.isClosed { return [.close(id)] }
                    return guarded.state.opened(
                        id, callsMax: connection.callsMax, .now, jitter: .random(in: 0...1))
                }
            } catch {
                self?.change { guarded in
                    guarded.state.failed(id, error, .now, jitter: .random(in: 0...1))
                }
            }
        }
    }

    private func receive(_ event: ConnectionEvent, _ id: PoolState.ConnectionID) {
        change { guarded in
            switch event {
            case .callOver(let wasAnswered):
                return guarded.state.callOver(id, wasAnswered: wasAnswered, .now)
            case .leaving(let departure):
                return guarded.state.leaving(id, departure, .now, jitter: .random(in: 0...1))
            case .ended:
                guarded.connections[id] = nil
                return guarded.state.ended(id, .now, jitter: .random(in: 0...1))
            }
        }
    }

    // MARK: Change under the lock, act outside it

    private enum Effect {
        case open(PoolState.ConnectionID, ServerAddress)
        case answer(Waiting, Result<Lease, ClientError>)
        case close(Connection)
    }

    private func change(_ body: (inout Guarded) -> [PoolState.Action]) {
        let effects = guarded.withLock { guarded in
            body(&guarded).compactMap { effect($0, &guarded) }
        }
        for effect in effects {
            switch effect {
            case .open(let id, let address): open(id, address)
            case .close(let connection): connection.drop()
            case .answer(let waiting, let result):
                waiting.alarm?.cancel()
                waiting.answer.resume(returning: result)
            }
        }
    }

    private func effect(_ action: PoolState.Action, _ guarded: inout Guarded) -> Effect? {
        switch action {
        case .open(let id, let server):
            return .open(id, guarded.state.address(server))
        case .hand(let id, let server, let waiter):
            guard let waiting = guarded.waiting.removeValue(forKey: waiter) else { return nil }
            guard let connection = guarded.connections[id] else {
                return .answer(
                    waiting, .failure(.lost(outcomeUnknown: false, "the connection ended")))
            }
            return .answer(waiting, .success(Lease(connection: connection, server: server)))
        case .fail(let waiter, let error):
            return guarded.waiting.removeValue(forKey: waiter).map { .answer($0, .failure(error)) }
        case .close(let id):
            return guarded.connections.removeValue(forKey: id).map { .close($0) }
        case .wake(let time):
            wake(at: time, &guarded)
            return nil
        }
    }

    private func wake(at time: ContinuousClock.Instant, _ guarded: inout Guarded) {
        if let wakesAt = guarded.wakesAt, wakesAt <= time { return }
        guarded.wakesAt = time
        loop.scheduleTask(in: TimeAmount(time - .now)) { [weak self] in
            self?.change { guarded in
                if guarded.wakesAt == time { guarded.wakesAt = nil }
                return guarded.state.serve(.now)
            }
        }
    }
}
