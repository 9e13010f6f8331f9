// A client of the services: calls go to whichever server has room, over connections that are opened
// when they are needed, and are repeated where that is safe. Programs and the command line come in;
// it touches the network and nothing else.
//
// The life of a call
//   1 RekeyClient  one deadline for all attempts, one idempotency key, the trace context
//   2 Pool         room on a connection, opened if there is none
//   3 Connection   one attempt: a Request, and its Response or why there is none
//   4 CallPlan     what an attempt that failed means: again, and when, or the caller hears why

public import RekeyCore
public import RekeyWire

/// A client of one or more servers that serve the same accounts. It can be shared by any number of
/// tasks. Nothing is connected to before the first call.
///
/// What is safe is repeated until the call's time is over (PROTOCOL.md, section 6): whatever the
/// servers did not process; methods that change nothing; and methods that take an idempotency key,
/// which the client draws by itself and sends with every attempt. `Login` is none of those: when
/// its connection is lost its outcome is not known.
public struct RekeyClient: Sendable {
    /// The trace context of calls that are given none: a W3C traceparent, or empty.
    ///
    ///     try await RekeyClient.$traceContext.withValue(traceparent) { … }
    @TaskLocal public static var traceContext = ""

    private let pool: Pool
    private let servers: [ServerAddress]
    private let patience: Patience

    /// Of the servers that the profile names. Its certificate is read again for each connection, so a
    /// renewal needs no restart.
    ///
    /// - Parameter waitsForReady: as below.
    public init(profile: ClientProfile, waitsForReady: Bool = true) {
        self.init(servers: profile.servers, waitsForReady: waitsForReady)
    }

    /// - Parameters:
    ///   - servers: takes turns among them, and leaves out for a while those that fail.
    ///   - waitsForReady: what a call does while no server can be reached: true, it waits within its
    ///     time; false, it fails as soon as each was tried. Where waiting does not help, since a
    ///     certificate is refused or not believed, it fails in either case.
    public init(servers: [ServerAddress], waitsForReady: Bool = true) {
        self.init(servers: servers, waitsForReady: waitsForReady, patience: Patience())
    }

    init(servers: [ServerAddress], waitsForReady: Bool = true, patience: Patience) {
        self.servers = servers
        self.patience = patience
        pool = Pool(servers, waitsForReady: waitsForReady, patience: patience)
    }

    /// Ends all connections. Calls that wait fail, as do all calls from now on.
    public func close() async { await pool.close() }

    /// One call.
    ///
    /// Cancelling the task gives the call up at once and tells the server.
    ///
    /// - Parameters:
    ///   - timeout: for the whole call, its repeats included. A server grants no single attempt more
    ///     than `WireLimits.deadlineMax`.
    ///   - traceContext: a W3C traceparent, at most 128 bytes, for the server's log lines about the
    ///     call; `RekeyClient.traceContext` where it is nil. One that breaks that rule is not sent.
    /// - Throws: `.refused` with the server's last answer, or why there is none.
    public func call<M: Method>(
        _ method: M.Type, _ request: M.Request, timeout: Duration = WireLimits.deadlineDefault,
        traceContext: String? = nil
    ) async throws(ClientError) -> M.Reply where M.Request: WireMessage, M.Reply: WireMessage {
        let call = OutgoingCall(
            method: M.name, timeout: timeout, idempotencyKey: Self.key(M.repeatability),
            traceContext: Self.sent(traceContext ?? Self.traceContext),
            encode: { $0.encode(request) },
            decode: { (arena, body) throws(ClientError) in
                do throws(Refusal) {
                    return try arena.scope(budget: Arena.replyBudget(body.count)) {
                        () throws(Refusal) in
                        try arena.decode(M.Reply.self, from: body)
                    }
                } catch {
                    throw ClientError(
                        .replyInvalid,
                        "the call was done, but its reply cannot be read (\(error.message)); "
                            + "is the server newer than this client?")
                }
            })
        return try await perform(call, CallPlan(M.repeatability))
    }

    /// One call of any method, in the bytes of its messages. A secret among them is not erased. A
    /// method that this client does not know is repeated only where it was not processed.
    ///
    /// - Parameter name: "rekey.v1.Rekey/Login" and the like.
    /// - Throws: as the typed one.
    public func call(
        method name: String, body: [UInt8], timeout: Duration = WireLimits.deadlineDefault,
        traceContext: String? = nil
    ) async throws(ClientError) -> [UInt8] {
        guard body.count <= WireLimits.requestFrameBytesMax else {
            throw ClientError(
                .requestTooLong,
                "the request takes \(body.count) bytes and a server reads "
                    + "\(WireLimits.requestFrameBytesMax); send less")
        }
        let known = ProtocolDescription.methods.first { $0.name.utf8.elementsEqual(name.utf8) }
        let repeatability = known?.repeatability ?? .never
        let call = OutgoingCall(
            method: name, timeout: timeout, idempotencyKey: Self.key(repeatability),
            traceContext: Self.sent(traceContext ?? Self.traceContext), encode: { $0.copy(body) },
            decode: { (_, body) throws(ClientError) in Array(body) })
        return try await perform(call, CallPlan(repeatability))
    }

    /// Connections for load, in turn to each server, which whoever asks closes.
    ///
    /// - Throws: why one could not be opened, and then none is left open.
    public func loadConnections(_ count: Int) async throws(ClientError) -> [LoadConnection] {
        guard !servers.isEmpty else { throw .addressInvalid("no server is named") }
        var opened: [LoadConnection] = []
        do throws(ClientError) {
            for index in 0..<count {
                let address = servers[index % servers.count]
                opened.append(
                    try await LoadConnection.open(to: address, patience: patience))
            }
        } catch {
            for connection in opened { await connection.close() }
            throw error
        }
        return opened
    }

    // MARK: Attempts

    private func perform<Reply: Sendable>(
        _ call: OutgoingCall<Reply>, _ plan: CallPlan
    ) async throws(ClientError) -> Reply {
        var plan = plan
        let deadline = ContinuousClock.now + call.timeout
        var server: Int?
        while true {
            do throws(ClientError) {
                let lease = try await pool.lease(avoiding: server, until: deadline)
                server = lease.server
                return try await lease.connection.call(call, until: deadline)
            } catch {
                let left = deadline - ContinuousClock.now
                switch plan.judge(error, left: left, jitter: .random(in: 0...1)) {
                case .fail(let error): throw error
                case .again(let wait):
                    do { try await Task.sleep(for: wait) } catch {
                        throw plan.told(.cancelled(outcomeUnknown: false))
                    }
                }
            }
        }
    }

    /// 16 random bytes for a method that takes a key.
    private static func key(_ repeatability: Repeatability) -> [UInt8] {
        guard repeatability == .withKey else { return [] }
        return (0..<16).map { _ in UInt8.random(in: 0...255) }
    }

    /// What a server takes (P4.8): whoever breaks that rule would end everybody's connection.
    private static func sent(_ traceContext: String) -> String {
        traceContext.utf8.count <= 128
            && traceContext.utf8.allSatisfy { (0x20..<0x7F).contains($0) } ? traceContext : ""
    }
}

extension Arena {
    /// The bytes, in the arena.
    fileprivate func copy(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
        let copy = UnsafeMutableRawBufferPointer(
            start: required(bytes.count), count: bytes.count)
        copy.copyBytes(from: bytes)
        return UnsafeRawBufferPointer(copy)
    }
}
