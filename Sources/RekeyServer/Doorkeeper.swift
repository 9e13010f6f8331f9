import Logging
import NIOCore
import NIOSSL
import NIOTLS
import RekeyAccess
import RekeyService
import RekeyWire

/// Stands between a handshake and the connection behind it: whoever does not finish in time, or cannot
/// prove who they are, never gets a frame read. It goes when the connection is let in.
final class Doorkeeper: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    /// A handshake may take this long (P10.2).
    static let handshakeWithin: TimeAmount = .seconds(10)

    private let tls: ServerTLS
    /// What this handshake is verified by.
    private let authorities: Authorities
    private let failures: HandshakeFailures
    /// Makes the connection of whoever came in.
    private let open: (Peer) -> ConnectionHandler
    private var alarm: Scheduled<Void>?
    /// Let in or not: what comes after that is no failure of the handshake.
    private var isDecided = false

    init(
        tls: ServerTLS, authorities: Authorities, failures: HandshakeFailures,
        open: @escaping (Peer) -> ConnectionHandler
    ) {
        self.tls = tls
        self.authorities = authorities
        self.failures = failures
        self.open = open
    }

    func handlerAdded(context: ChannelHandlerContext) {
        guard ProtocolTooth.handshakeWithin.holds else { return }
        let channel = context.channel
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        alarm = context.eventLoop.scheduleTask(in: Self.handshakeWithin) {
            bound.value.endLate(channel)
        }
    }

    private func endLate(_ channel: any Channel) {
        guard !isDecided else { return }
        isDecided = true
        failures.add(channel.remoteAddress, "it took longer than 10 s")
        channel.close(mode: .all, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent else {
            return context.fireUserInboundEventTriggered(event)
        }
        alarm?.cancel()
        isDecided = true
        let handler = try? context.pipeline.syncOperations.handler(type: NIOSSLServerHandler.self)
        let certificate = (try? handler?.peerCertificate?.toDERBytes())
            .flatMap { PresentedCertificate(der: $0, verifiedBy: authorities) }
        guard let peer = certificate.map({ Peer($0, tls) }) ?? Self.nobody else {
            // The library asks for a certificate and verifies it; without one there is nobody to tell.
            failures.add(context.remoteAddress, "the certificate cannot be read")
            return context.close(promise: nil)
        }
        do {
            let connection = open(peer)
            try context.pipeline.syncOperations.addHandler(connection, position: .last)
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    /// Whoever showed no certificate: nobody.
    private static var nobody: Peer? { ProtocolTooth.clientCertificate.holds ? nil : .local }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDecided else { return context.fireErrorCaught(error) }
        alarm?.cancel()
        isDecided = true
        failures.add(context.remoteAddress, Self.cause(error))
        context.close(promise: nil)
    }

    /// The library's word for it, such as PEER_DID_NOT_RETURN_A_CERTIFICATE, without the place in its
    /// source that it says too.
    private static func cause(_ error: any Error) -> String {
        let text = "\(error)"
        guard let start = text.firstRange(of: "OPENSSL_internal:")?.upperBound else {
            return "it was broken off"
        }
        return String(text[start...].prefix { $0 != " " && $0 != "]" })
    }

    func channelInactive(context: ChannelHandlerContext) {
        alarm?.cancel()
        if !isDecided { failures.add(context.remoteAddress, "it was not finished") }
        context.fireChannelInactive()
    }
}
