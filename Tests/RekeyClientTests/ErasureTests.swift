import NIOCore
import NIOPosix
import NIOSSL
import RekeyClientTestSupport
import RekeyCore
import RekeyWire
import Synchronization
import Testing

@testable import RekeyClient

@Suite("What a client sends over TLS", .timeLimit(.minutes(1)))
struct ErasureTests {
    @Test("R69: is erased where it lay when it is encrypted, passwords with it")
    func sent() async throws {
        let authority = try TestAuthority()
        let (passwords, gotPassword) = AsyncStream.makeStream(of: Int.self)
        let server = try await ScriptedServer.answering(
            .tls(authority.issue(.server, names: ["localhost"]), clients: authority)
        ) { request, _ in gotPassword.yield(request.body.count) }
        let profile = try TestProfile(of: authority)
        let context = try Credentials(
            ca: profile.path("ca.pem"), identity: profile.path("identity.pem")
        ).context()
        let (channel, handler, spy) = try await open(context, server.port)
        channel.eventLoop.execute { handler.value.start(Self.login) }
        // The server has read it, so that it was sent.
        #expect(try #require(await passwords.first { _ in true }) > 32)
        let written = try await channel.eventLoop.submit { spy.value.written }.get()
        // The Hello and the Request.
        #expect(written.count == 2)
        for buffer in written {
            #expect(buffer.readableBytes > 0)
            #expect(buffer.readableBytesView.allSatisfy { $0 == 0 })
        }
        try await channel.close()
    }

    private static let login = Call(
        method: Login.name, timeout: .seconds(10), deadline: .now() + .seconds(10),
        encode: {
            $0.encode(
                Login.Request(
                    identifier: "a", password: Secret([UInt8](repeating: 0x41, count: 32))))
        }, finish: { _, _ in }, ticket: CallTicket())

    private func open(
        _ context: NIOSSLContext, _ port: Int
    ) async throws -> (any Channel, NIOLoopBound<ConnectionHandler>, NIOLoopBound<Spy>) {
        let (channel, handler, spy, opened) = try await ClientBootstrap(
            group: MultiThreadedEventLoopGroup.singleton
        ).connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                let opening = channel.eventLoop.makePromise(of: Int.self)
                let handler = ConnectionHandler(
                    opening: opening, provenHost: "localhost", patience: Patience(),
                    notify: { _ in })
                let spy = Spy()
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandlers([
                    NIOSSLClientHandler(context: context, serverHostname: "localhost"), spy,
                    handler,
                ])
                return (
                    channel, NIOLoopBound(handler, eventLoop: channel.eventLoop),
                    NIOLoopBound(spy, eventLoop: channel.eventLoop), opening.futureResult
                )
            }
        }
        _ = try await opened.get()
        return (channel, handler, spy)
    }
}

/// Holds on to what passes: the very memory, not a copy.
private final class Spy: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    private(set) var written: [ByteBuffer] = []

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        written.append(unwrapOutboundIn(data))
        context.write(data, promise: promise)
    }
}
