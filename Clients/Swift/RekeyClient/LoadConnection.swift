public import RekeyCore
public import RekeyWire

/// One connection for load: calls go out on it as fast as they are answered, and none is repeated.
public struct LoadConnection: Sendable {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

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
            method, depth: depth, timeout: timeout, next: next, answered: answered)
    }

    /// Calls that still wait fail.
    public func close() async { await connection.close() }
}
