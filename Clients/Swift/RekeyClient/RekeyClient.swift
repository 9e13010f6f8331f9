// A client of the two services: one connection, many calls. Programs and the command line come in;
// it touches the network and nothing else.

import Glibc
import NIOCore
import NIOPosix
public import RekeyCore
public import RekeyWire

/// A connection to a server. Calls share it and are answered in any order; when it ends they fail,
/// and a new connection is the way on.
public struct RekeyClient: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<ConnectionHandler>

    /// Connects and exchanges Hellos.
    ///
    /// - Throws: `.cannotConnect`, with the reason.
    public static func connect(
        to address: ServerAddress, within time: Duration = .seconds(5)
    ) async throws(ClientError) -> RekeyClient {
        do {
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.init(time))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            return try await open(bootstrap, address)
        } catch let error as ClientError {
            throw error
        } catch {
            throw ClientError(.cannotConnect, "cannot connect to \(address): \(reason(error))")
        }
    }

    private static func open(
        _ bootstrap: ClientBootstrap, _ address: ServerAddress
    ) async throws -> RekeyClient {
        let socket = try SocketAddress(ipAddress: address.host, port: address.port)
        let (channel, handler, opened) = try await bootstrap.connect(to: socket) { channel in
            channel.eventLoop.makeCompletedFuture {
                let opening = channel.eventLoop.makePromise(of: Void.self)
                let handler = ConnectionHandler(opening: opening)
                try channel.pipeline.syncOperations.addHandler(handler)
                let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                return (channel, bound, opening.futureResult)
            }
        }
        try await opened.get()
        return RekeyClient(channel: channel, handler: handler)
    }

    /// Closes the connection; calls that still wait fail.
    public func close() async {
        // It may have ended by itself: then there is nothing to close, and nothing to tell.
        try? await channel.close()
    }

    /// One call.
    ///
    /// - Parameter timeout: from receipt at the server, at most `WireLimits.deadlineMax`; this side
    ///   gives up a second later.
    /// - Throws: `.refused` with the server's answer, or why there is none.
    public func call<M: Method>(
        _ method: M.Type, _ request: M.Request, timeout: Duration = WireLimits.deadlineDefault
    ) async throws(ClientError) -> M.Reply where M.Request: WireMessage, M.Reply: WireMessage {
        try await call(M.name, timeout) {
            $0.encode(request)
        } decode: { (arena, body) throws(ClientError) in
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
        }
    }

    /// One call of any method, in the bytes of its messages. A secret among them is not erased.
    ///
    /// - Parameter name: "rekey.v1.Rekey/Login" and the like.
    /// - Throws: as the typed one.
    public func call(
        method name: String, body: [UInt8], timeout: Duration = WireLimits.deadlineDefault
    ) async throws(ClientError) -> [UInt8] {
        guard body.count <= WireLimits.requestFrameBytesMax else {
            throw ClientError(
                .requestTooLong,
                "the request takes \(body.count) bytes and a server reads "
                    + "\(WireLimits.requestFrameBytesMax); send less")
        }
        return try await call(name, timeout) {
            $0.copy(body)
        } decode: { (_, body) in
            Array(body)
        }
    }

    /// Calls one method again and again, `depth` calls at once, until there is nothing more to call
    /// or the connection ends; returns when every call has its outcome. For load: replies are not
    /// read. Both closures run on the connection's event loop, and must not block.
    ///
    /// - Parameters:
    ///   - next: the next request; nil ends it.
    ///   - answered: once for each call: how long it took, and the error unless it succeeded.
    public func pipeline<M: Method>(
        _: M.Type, depth: Int, timeout: Duration = WireLimits.deadlineDefault,
        next: @escaping @Sendable () -> M.Request?,
        answered: @escaping @Sendable (Duration, ClientError?) -> Void
    ) async where M.Request: WireMessage {
        let ended = channel.eventLoop.makePromise(of: Void.self)
        channel.eventLoop.execute {
            Pipeline<M>(
                handler.value, ended, depth: depth, timeout: timeout, next: next,
                answered: answered
            ).fill()
        }
        // It only ever succeeds: what fails are calls.
        try? await ended.futureResult.get()
    }

    private func call<Reply: Sendable>(
        _ method: String, _ timeout: Duration,
        encode: @escaping @Sendable (Arena) -> UnsafeRawBufferPointer,
        decode: @escaping @Sendable (Arena, UnsafeRawBufferPointer) throws(ClientError) -> Reply
    ) async throws(ClientError) -> Reply {
        let ticket = CallTicket()
        let result: Result<Reply, ClientError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let call = Call(
                    method: method, timeout: timeout, encode: encode,
                    finish: { arena, outcome in
                        switch outcome {
                        case .failure(let error):
                            continuation.resume(returning: .failure(error))
                        case .reply(let body):
                            continuation.resume(
                                returning: Result { () throws(ClientError) in
                                    try decode(arena, body)
                                })
                        }
                    }, ticket: ticket)
                channel.eventLoop.execute { handler.value.start(call) }
            }
        } onCancel: {
            guard let callID = ticket.cancel() else { return }
            channel.eventLoop.execute {
                handler.value.giveUp(callID, .cancelled(outcomeUnknown: true))
            }
        }
        return try result.get()
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

/// What a person can use of an error of the network's.
private func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case ChannelError.connectTimeout: "nothing answers"
    case let error as NIOConnectionError:
        error.connectionErrors.first.map { reason($0.error) } ?? "no address answers"
    default: "\(error)"
    }
}
