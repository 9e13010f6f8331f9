import Logging
import NIOCore
import NIOEmbedded
import RekeyAccess
import RekeyCore
import RekeyService
import RekeyTestSupport
import RekeyWire
import Testing

@testable import RekeyServer

@Suite("The alarm for the end of a caller's certificate")
struct ExpiryTests {
    private let access: AccessFolder
    private let tls: ServerTLS
    private let world: World
    private let channel = EmbeddedChannel()

    init() throws {
        access = try AccessFolder()
        world = try World(seed: 1)
        tls = try ServerTLS(
            access.files, try access.files.content(at: AccessFolder.clock),
            state: world.service.state, logger: Self.logger)
    }

    private static var logger: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }

    /// A connection of a caller whose certificate is good for 90 days.
    private func connection() throws -> ConnectionHandler {
        let profile = try access.issue("portal", .service)
        #expect(tls.reload() == nil)
        let certificate = try #require(try access.presented("\(profile)/identity.pem"))
        return ConnectionHandler(
            service: world.service, loop: LoopResources(channel.eventLoop),
            peer: Peer(certificate, tls), isAdmitted: true,
            refusals: SpacedLog("a caller is refused", Self.logger), logger: Self.logger)
    }

    private func connect(_ handlers: [any ChannelHandler]) throws {
        try channel.pipeline.syncOperations.addHandlers(handlers)
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    @Test("R76: a connection is judged again every hour, whatever the clock said when it began")
    func everyHour() throws {
        let handler = try connection()
        try connect([handler])
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        _ = try access.registry().revoke("portal")
        #expect(tls.reload() == nil)
        // Hello, nothing that ends it, and then the end.
        var sent: [UInt8] = []
        func read() throws {
            while var part = try channel.readOutbound(as: ByteBuffer.self) {
                sent += part.readBytes(length: part.readableBytes) ?? []
            }
        }
        try read()
        let reason = Array("CERTIFICATE_REVOKED".utf8)
        #expect(sent.firstRange(of: reason) == nil)
        channel.embeddedEventLoop.advanceTime(by: .hours(1))
        try read()
        #expect(sent.firstRange(of: reason) != nil)
        _ = try? channel.finish()
    }

    @Test("R85: an alarm does not outlive a connection that breaks with its first bytes")
    func goesWithItsConnection() throws {
        weak var gone: ConnectionHandler?
        do {
            let handler = try connection()
            gone = handler
            try connect([BreakingFlush(), handler])
        }
        channel.embeddedEventLoop.run()
        #expect(!channel.isActive)
        #expect(gone == nil)
    }
}

/// A peer that is gone when the first bytes reach it.
private final class BreakingFlush: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer

    func flush(context: ChannelHandlerContext) { context.close(promise: nil) }
}
