// A client's connection: calls to frames, frames to outcomes, all of it behind the handshake. What it may and must do next is
// ConnectionState's to say; this room only does it, on the connection's event loop.

import NIOCore
import NIOSSL
import NIOTLS
import RekeyCore
import RekeyWire

final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var state = ConnectionState()
    private let patience: Patience
    private let notify: @Sendable (ConnectionEvent) -> Void
    private let arena = Arena()
    private var unread = ByteBuffer()
    private var calls: [UInt64: Call] = [:]
    /// Done with the calls that it takes at once when the server's Hello was good; failed otherwise.
    private var opening: EventLoopPromise<Int>?
    /// Whom the server has to prove to be; nil without TLS.
    private let provenHost: String?
    private var isSecured = false
    /// Goes off when the handshake, and then the server's Hello, takes too long.
    private var openingAlarm: Scheduled<Void>?
    private var silence: Silence
    private var silenceAlarm: Scheduled<Void>?
    /// Goes off when the first call may be out of time. One for all: a timer for each call would
    /// cost more than the call.
    private var alarm: (at: NIODeadline, scheduled: Scheduled<Void>)?
    /// While frames are read, writes wait for each other and leave together.
    private var isReading = false
    /// What was written and not flushed; kept under TLS alone, to erase it.
    private var written: [ByteBuffer] = []
    private var context: ChannelHandlerContext?

    init(
        opening: EventLoopPromise<Int>, provenHost: String? = nil, patience: Patience,
        notify: @escaping @Sendable (ConnectionEvent) -> Void
    ) {
        self.opening = opening
        self.provenHost = provenHost
        self.patience = patience
        self.notify = notify
        silence = Silence(
            pingAfter: patience.pingAfter, pongWithin: patience.pongWithin, now: .now)
    }

    // MARK: The connection's life

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        guard let provenHost else { return sayHello() }
        setOpeningAlarm(
            patience.connectWithin, "the TLS handshake with '\(provenHost)' was not done in time")
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted = event as? TLSUserEvent, let provenHost {
            handshakeDone(with: provenHost)
        }
        context.fireUserInboundEventTriggered(event)
    }

    private func handshakeDone(with host: String) {
        guard let certificate = serverCertificate, ServerNames(certificate).contain(host) else {
            return end(TLSFault.wrongName(host))
        }
        isSecured = true
        sayHello()
    }

    private var serverCertificate: NIOSSLCertificate? {
        try? context?.channel.pipeline.syncOperations.nioSSL_peerCertificate()
    }

    private func sayHello() {
        send(.hello(Hello()))
        setOpeningAlarm(patience.helloWithin, "no Hello came; is this a rekeyd?")
    }

    private func setOpeningAlarm(_ time: Duration, _ message: String) {
        openingAlarm?.cancel()
        openingAlarm = context?.eventLoop.assumeIsolated().scheduleTask(in: .init(time)) {
            self.end(ClientError(.cannotConnect, message))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(nil)
        self.context = nil
        context.fireChannelInactive()
    }

    /// Without a connection there was no `channelInactive` either.
    func handlerRemoved(context: ChannelHandlerContext) {
        opening?.fail(ChannelError.ioOnClosedChannel)
        opening = nil
    }

    /// Under TLS 1.3 a client's handshake may be done before the server has judged its certificate: what
    /// comes before the Hello is about the handshake. Behind it, calls may be under way.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if opening != nil, let provenHost,
            let meaning = TLSFault.meaning(
                of: error, host: provenHost, certificate: serverCertificate)
        {
            end(meaning)
        }
        context.close(promise: nil)
    }

    /// Whoever opened it wants no more of it.
    func close() { end(nil) }

    /// Ends the connection: `error`, or what the state says about a connection that is gone, is what
    /// everybody hears who still waits.
    ///
    /// - Parameter reason: what the server is told, where it is there to hear it (P7.3).
    private func end(_ error: ClientError?, saying reason: String? = nil) {
        guard !state.isEnded else { return }
        openingAlarm?.cancel()
        silenceAlarm?.cancel()
        alarm?.scheduled.cancel()
        alarm = nil
        if let reason {
            send(.goAway(GoAway(lastCallID: 0, reason: reason, message: error?.message ?? "")))
            flush()
        }
        let (ids, lost) = state.end()
        // Whoever opens it hears it from the promise alone: of a name's addresses only one is used.
        if opening == nil { notify(.ended) }
        for id in ids { finish(id, .failure(error ?? lost)) }
        opening?.fail(error ?? ClientError(.cannotConnect, endedAtOnce))
        opening = nil
        context?.close(promise: nil)
    }

    private var endedAtOnce: String {
        isSecured
            ? "the server ended the connection behind the handshake; does it take this certificate?"
            : "the server closed the connection at once"
    }

    // MARK: Calls to frames

    func start(_ call: Call) {
        do throws(ClientError) {
            let callID = try state.start()
            guard call.ticket.send(callID) else {
                state.withdraw(callID)
                throw .cancelled(outcomeUnknown: false)
            }
            // Known before it is sent: a write that fails ends the connection before it returns.
            calls[callID] = call
            do throws(ClientError) {
                try send(call, callID)
            } catch {
                calls[callID] = nil
                state.withdraw(callID)
                throw error
            }
            if calls[callID] != nil { awaitReply(call) }
        } catch {
            notify(.callOver(wasAnswered: false))
            call.finish(arena, .failure(error))
        }
    }

    private func send(_ call: Call, _ callID: UInt64) throws(ClientError) {
        let left = Duration(call.deadline - NIODeadline.now())
        try arena.scope(budget: Arena.packingBudget) { () throws(ClientError) in
            let bytes = arena.encodeFrame(
                .request(
                    RequestFrame(
                        callID: callID, method: WireText(call.method), body: call.encode(arena),
                        timeout: Call.timeout(ofWhatIsLeft: left),
                        idempotencyKey: call.idempotencyKey,
                        traceContext: WireText(call.traceContext))))
            guard bytes.count - FrameLength.byteCount <= state.requestFrameBytesMax else {
                throw ClientError(
                    .requestTooLong,
                    "the request takes \(bytes.count - FrameLength.byteCount) bytes and the server "
                        + "reads \(state.requestFrameBytesMax); send less")
            }
            send(bytes)
        }
    }

    private func awaitReply(_ call: Call) {
        if call.deadline < alarm?.at ?? .distantFuture { setAlarm(call.deadline) }
        if silenceAlarm == nil {
            silence.end(.now)
            lookAtSilence()
        }
    }

    private func setAlarm(_ deadline: NIODeadline) {
        alarm?.scheduled.cancel()
        alarm = context.map { context in
            let scheduled = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
                self.giveUpLateCalls()
            }
            return (deadline, scheduled)
        }
    }

    private func giveUpLateCalls() {
        alarm = nil
        let now = NIODeadline.now()
        for (callID, call) in calls where call.deadline <= now {
            giveUp(callID, .timedOut(after: call.timeout))
        }
        if alarm == nil, let next = calls.values.map(\.deadline).min() { setAlarm(next) }
    }

    /// While the server owes an answer, and no longer.
    private func lookAtSilence() {
        silenceAlarm = nil
        guard state.isOwed, let context else { return }
        switch silence.look(.now) {
        case .look(let time):
            silenceAlarm = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) {
                self.lookAtSilence()
            }
        case .ping:
            send(.ping(token: 0))
            lookAtSilence()
        case .giveUp:
            end(.lost(outcomeUnknown: true, "the server fell silent"), saying: "PEER_SILENT")
        }
    }

    /// The caller stops waiting, and the server hears that it may.
    func giveUp(_ callID: UInt64, _ error: ClientError) {
        guard state.giveUp(callID) else { return }
        send(.cancel(callID: callID))
        finish(callID, .failure(error))
        closeIfDrained()
    }

    private func send(_ frame: Frame) {
        arena.scope(budget: Arena.packingBudget) { send(arena.encodeFrame(frame)) }
    }

    private func send(_ bytes: UnsafeRawBufferPointer) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        context.write(wrapOutboundOut(buffer), promise: nil)
        if isSecured { written.append(buffer) }
        if !isReading { flush() }
    }

    /// What is flushed into TLS is in memory of TLS's own then, encrypted: a password may be left here.
    private func flush() {
        context?.flush()
        for buffer in written { buffer.erase(buffer.readableBytes) }
        written.removeAll(keepingCapacity: true)
    }

    // MARK: Frames to outcomes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        // TLS reads on until the server has said its end, too.
        guard !state.isEnded else { return bytes.erase(bytes.readableBytes) }
        silence.end(.now)
        if unread.readableBytes == 0 {
            unread = bytes
        } else {
            unread.writeBuffer(&bytes)
        }
        isReading = true
        do throws(ClientError) {
            while !state.isEnded, try readFrame() {}
        } catch {
            end(error, saying: error.isOfTheProtocol ? "FRAME_INVALID" : nil)
        }
        isReading = false
        flush()
        unread.discardReadBytes()
    }

    /// How an alert begins (RFC 8446, section 5.1), which is what plaintext is answered with.
    private static let alertOfTLS: UInt32 = 0x1503

    /// One frame, if all of it is here.
    private func readFrame() throws(ClientError) -> Bool {
        guard let announced = unread.getInteger(at: unread.readerIndex, as: UInt32.self) else {
            return false
        }
        if opening != nil, announced >> 16 == Self.alertOfTLS {
            throw ClientError(.cannotConnect, "the server speaks TLS; use a profile")
        }
        let length: Int
        do {
            length = try FrameLength.judge(announced, max: WireLimits.responseFrameBytesMax)
        } catch {
            throw .protocolBroken(error.description)
        }
        guard unread.readableBytes >= FrameLength.byteCount + length else { return false }
        unread.moveReaderIndex(forwardBy: FrameLength.byteCount)
        try receiveFrame(length)
        return true
    }

    /// The bytes are erased when the frame was read: a session token may be among them.
    private func receiveFrame(_ length: Int) throws(ClientError) {
        defer { unread.moveReaderIndex(forwardBy: length) }
        var failure: ClientError?
        unread.withUnsafeReadableBytes { readable in
            failure = receive(UnsafeRawBufferPointer(rebasing: readable[..<length]))
        }
        unread.erase(length)
        if let failure { throw failure }
    }

    private func receive(_ bytes: UnsafeRawBufferPointer) -> ClientError? {
        arena.scope(budget: Arena.replyBudget(bytes.count)) {
            do throws(Refusal) {
                let frame = try arena.decode(Frame.self, from: bytes)
                do throws(ClientError) {
                    try receive(frame)
                    return nil
                } catch {
                    return error
                }
            } catch {
                return .protocolBroken(error.message)
            }
        }
    }

    private func receive(_ frame: Frame) throws(ClientError) {
        switch frame {
        case .hello(let hello):
            try state.receive(hello)
            openingAlarm?.cancel()
            opening?.succeed(state.callsMax)
            opening = nil
        case .response(let response):
            let answered = try state.receiveResponse(response.callID)
            if answered == .ignored { return }
            notify(.callOver(wasAnswered: true))
            switch response.outcome {
            case .reply(let body): finish(response.callID, .reply(body))
            case .failure(let failure): finish(response.callID, .failure(.refused(failure)))
            }
            closeIfDrained()
        case .goAway(let goAway):
            let farewell = try state.receive(goAway)
            if let departure = farewell.departure { notify(.leaving(departure)) }
            for _ in 0..<farewell.over { notify(.callOver(wasAnswered: false)) }
            for call in farewell.unprocessed { finish(call, .failure(farewell.error)) }
            closeIfDrained()
        case .ping(let token):
            send(.pong(token: token))
        case .pong:
            break
        case .request, .cancel:
            throw .protocolBroken("a frame that only clients send")
        }
    }

    private func closeIfDrained() {
        if state.isDrained { context?.close(promise: nil) }
    }

    private func finish(_ callID: UInt64, _ outcome: Call.Outcome) {
        guard let call = calls.removeValue(forKey: callID) else { return }
        call.finish(arena, outcome)
    }
}

extension ClientError {
    /// Not of a server that is polite and cannot be used.
    fileprivate var isOfTheProtocol: Bool {
        if case .connectionLost = kind { true } else { false }
    }
}
