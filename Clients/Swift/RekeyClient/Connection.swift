import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import RekeyCore
import RekeyWire

/// One connection to one server. Calls share it and are answered in any order; when it ends they
/// fail, each once.
struct Connection: Sendable {
    private let channel: any Channel
    private let handler: NIOLoopBound<ConnectionHandler>
    /// Calls that the server takes on it at once.
    let callsMax: Int

    /// Connects, proves who is who, and exchanges Hellos.
    ///
    /// - Parameter notify: called on the event loop with what becomes of the connection.
    /// - Throws: `.cannotConnect`, `.profileInvalid`, `.serverUntrusted` or `.callerRefused`, with the
    ///   reason.
    static func open(
        to address: ServerAddress, patience: Patience = Patience(),
        notify: @escaping @Sendable (ConnectionEvent) -> Void = { _ in }
    ) async throws(ClientError) -> Connection {
        let context = try address.context()
        do {
            let (channel, handler, opened) = try await connect(to: address, patience) { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addTLS(context, address) }
                    let opening = channel.eventLoop.makePromise(of: Int.self)
                    let handler = ConnectionHandler(
                        opening: opening, provenHost: context == nil ? nil : address.host,
                        patience: patience, notify: notify)
                    try pipeline.addHandler(handler)
                    let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                    return (channel, bound, opening.futureResult)
                }
            }
            return Connection(
                channel: channel, handler: handler, callsMax: try await opened.get())
        } catch {
            let known = error as? ClientError
            throw ClientError(
                known.map { $0.kind.isFinal ? $0.kind : .cannotConnect } ?? .cannotConnect,
                "cannot connect to \(address): \(known?.message ?? reason(error))")
        }
    }

    /// To one of the addresses that a name has, whichever answers first; an address is not looked up.
    private static func connect<Opened: Sendable>(
        to address: ServerAddress, _ patience: Patience,
        _ prepare: @escaping @Sendable (any Channel) -> EventLoopFuture<Opened>
    ) async throws -> Opened {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.init(patience.connectWithin))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        guard address.isNumeric else {
            return try await bootstrap.connect(
                host: address.host, port: address.port, channelInitializer: prepare)
        }
        return try await bootstrap.connect(
            to: SocketAddress(ipAddress: address.host, port: address.port),
            channelInitializer: prepare)
    }

    /// Ends it; calls that still wait fail.
    func close() async {
        channel.eventLoop.execute { handler.value.close() }
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
        error.connectionErrors.first.map { reason($0.error) }
            ?? "the name '\(error.host)' leads to no address"
    default: "\(error)"
    }
}

extension ServerAddress {
    /// What a connection to it is secured by, as its files are now; nil for plaintext.
    fileprivate func context() throws(ClientError) -> NIOSSLContext? {
        if case .tls(let credentials) = security { try credentials.context() } else { nil }
    }

    fileprivate var isNumeric: Bool { IPAddress.bytes(host) != nil }
}

extension ChannelPipeline.SynchronousOperations {
    /// A name is sent to the server (SNI); an address must not be (RFC 6066, section 3).
    fileprivate func addTLS(_ context: NIOSSLContext, _ address: ServerAddress) throws {
        try addHandler(
            NIOSSLClientHandler(
                context: context, serverHostname: address.isNumeric ? nil : address.host))
    }
}
