public import RekeyCore
public import RekeyWire
import Synchronization

/// One connection for load: calls go out on it as fast as they are answered, and none is repeated.
public struct LoadConnection: Sendable {
    private let connection: Connection
    private let welcome: Welcome

    /// - Throws: what `Connection.open` throws.
    static func open(
        to address: ServerAddress, patience: Patience
    ) async throws(ClientError) -> LoadConnection {
        let welcome = Welcome()
        let connection = try await Connection.open(to: address, patience: patience) { event in
            if case .leaving(.unwelcome(let error)) = event { welcome.end(error) }
        }
        return LoadConnection(connection: connection, welcome: welcome)
    }

    /// Calls one method again and again, `depth` calls at once, until there is nothing more to call
    /// or the connection ends; returns when every call has its outcome. Replies are not read, and no
    /// idempotency key is sent. Both closures run on the connection's event loop, and must not block.
    ///
    /// - Parameters:
    ///   - timeout: for each call.
    ///   - next: the next request; nil ends it.
    ///   - answered: once for each call: how long it took, and the error unless it succeeded.
    public func pipeline<M: Method>(
        _ method: M.Type, depth: Int, timeout: Duration = WireLimits.deadlineDefault,
        next: @escaping @Sendable () -> M.Request?,
        answered: @escaping @Sendable (Duration, ClientError?) -> Void
    ) async where M.Request: WireMessage {
        await connection.run(
            method, depth: depth, timeout: timeout, next: next,
            answered: { time, error in answered(time, error.map(welcome.meaning)) })
    }

    /// Calls that still wait fail.
    public func close() async { await connection.close() }
}

/// Whether the server takes this caller, as far as it was heard on one connection.
private final class Welcome: Sendable {
    private let ended = Mutex<ClientError?>(nil)

    func end(_ error: ClientError) { ended.withLock { $0 = $0 ?? error } }

    /// Why a call fails that the server did not process: because it does not take the caller, if so.
    func meaning(_ error: ClientError) -> ClientError {
        guard error.kind == .connectionLost(outcomeUnknown: false) else { return error }
        return ended.withLock { $0 } ?? error
    }
}
