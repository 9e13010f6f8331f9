import Glibc
import NIOCore
import NIOPosix
import RekeyCore
import RekeyWire

/// One connection to one server. Calls share it and are answered in any order; when it ends they
/// fail, each once.
struct Connection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<ConnectionHandler>
    /// Calls that the server takes on it at once.
    let callsMax: Int

    /// Connects and exchanges Hellos.
    ///
    /// - Parameter notify: called on the event loop with what becomes of the connection.
    /// - Throws: `.cannotConnect`, with the reason.
    static func open(
        to address: ServerAddress, patience: Patience = Patience(),
        notify: @escaping @Sendable (ConnectionEvent) -> Void = { _ in }
    ) async throws(ClientError) -> Connection {
        do {
            let socket = try SocketAddress(ipAddress: address.host, port: address.port)
            let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.init(patience.connectWithin))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            let (channel, handler, opened) = try await bootstrap.connect(to: socket) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let opening = channel.eventLoop.makePromise(of: Int.self)
                    let handler = ConnectionHandler(
                        opening: opening, patience: patience, notify: notify)
                    try channel.pipeline.syncOperations.addHandler(handler)
                    let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                    return (channel, bound, opening.futureResult)
                }
            }
            return Connection(
                channel: channel, handler: handler, callsMax: try await opened.get())
        } catch {
            let why = (error as? ClientError)?.message ?? reason(error)
            throw ClientError(.cannotConnect, "cannot connect to \(address): \(why)")
        }
    }

    /// Ends it; calls that still wait fail.
    func close() async {
        // It may have ended by itself: then there is nothing to close, and nothing to tell.
        try? await channel.close()
    }

    /// The same, without waiting until it is done.
    func drop() { channel.close(promise: nil) }

    /// One attempt of a call.
    func call<Reply: Sendable>(
        _ request: OutgoingCall<Reply>, until deadline: ContinuousClock.Instant
    ) async throws(ClientError) -> Reply {
        let ticket = CallTicket()
        let deadline = NIODeadline.now() + TimeAmount(deadline - .now)
        let result: Result<Reply, ClientError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let call = Call(
                    method: request.method, timeout: request.timeout, deadline: deadline,
                    idempotencyKey: request.idempotencyKey, traceContext: request.traceContext,
                    encode: request.encode,
                    finish: { arena, outcome in
                        switch outcome {
                        case .failure(let error):
                            continuation.resume(returning: .failure(error))
                        case .reply(let body):
                            continuation.resume(
                                returning: Result { () throws(ClientError) in
                                    try request.decode(arena, body)
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

    /// Returns when every call of the pipeline has its outcome.
    func run<M: Method>(
        _: M.Type, depth: Int, timeout: Duration, next: @escaping @Sendable () -> M.Request?,
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
}

/// What a person can use of an error of the network's.
private func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case ChannelError.connectTimeout: "nothing answers"
    case ChannelError.ioOnClosedChannel: "the server closed the connection at once"
    case let error as NIOConnectionError:
        error.connectionErrors.first.map { reason($0.error) } ?? "no address answers"
    default: "\(error)"
    }
}
