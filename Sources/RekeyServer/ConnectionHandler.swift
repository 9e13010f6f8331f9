import Logging
import NIOCore
import RekeyAccess
import RekeyCore
import RekeyService
import RekeyWire
import Synchronization

/// One connection: bytes to frames, frames to calls, replies to bytes. What it may and must do next
/// is `ServerConnectionState`'s to say; this room only does it.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let service: Service
    private let loop: LoopResources
    /// Its lines name the caller.
    private let logger: Logger
    /// Of all connections: who may not be here.
    private let refusals: SpacedLog
    /// Of this one: who asks again and again for what its role has not.
    private let forbidden: SpacedLog
    /// Whether the server has room for this connection.
    private let isAdmitted: Bool
    private var peer: Peer
    private var state = ServerConnectionState(at: .now)
    private var calls = CallsInFlight()
    private var unread = ByteBuffer()
    private var replies = ReplyBuffer()
    /// Read once for all that comes at once.
    private var now = ContinuousClock.now
    private var alarm = Alarm()
    private let end = ConnectionEnd()
    private var isReading = false
    /// A frame is being looked at where it lies.
    private var isHoldingBytes = false
    private var closeIsDue = false
    private var readWhenWritable = false
    private var judgement = Alarm()
    private var context: ChannelHandlerContext?

    init(
        service: Service, loop: LoopResources, peer: Peer, isAdmitted: Bool, refusals: SpacedLog,
        logger: Logger
    ) {
        var logger = logger
        logger[metadataKey: "caller"] = "\(peer.name)"
        self.service = service
        self.loop = loop
        self.peer = peer
        self.isAdmitted = isAdmitted
        self.refusals = refusals
        self.logger = logger
        forbidden = SpacedLog("a call is forbidden to this caller", logger)
    }

    // MARK: The connection's life

    func handlerAdded(context: ChannelHandlerContext) {
        // Behind a handshake, which the connection was active for.
        if context.channel.isActive { begin(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        if self.context == nil { begin(context) }
        context.fireChannelActive()
    }

    private func begin(_ context: ChannelHandlerContext) {
        self.context = context
        service.state.connections.add(1, ordering: .relaxed)
        send(.hello(Hello()))
        if !isAdmitted { perform(state.refuse(.tooManyConnections)) }
        refuseUnlessWanted()
        if service.state.isDraining.load(ordering: .relaxed) { perform(state.stop(at: now)) }
        // Before the first bytes go out: a connection that breaks with them takes its alarm along.
        awaitJudgement()
        flush()
        setAlarm()
    }

    /// Whoever may not be here, or no longer (P10.4).
    private func refuseUnlessWanted() {
        guard let refusal = peer.refusal, !state.isClosing else { return }
        refusals.add(["caller": "\(peer.name)", "why": "\(refusal.rawValue)"])
        perform(state.refuse(refusal))
    }

    /// Sees to it that a welcome peer is judged again when its certificate ends.
    private func awaitJudgement() {
        judgement.cancel()
        guard let eventLoop = context?.eventLoop, !state.isClosing, let next = peer.nextJudgement
        else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        judgement.set(for: next, on: eventLoop) { bound.value.judgeAgain() }
    }

    /// The server's files were read again, or the certificate's time is over.
    private func judgeAgain() {
        peer.judgeAgain()
        refuseUnlessWanted()
        flush()
        setAlarm()
        awaitJudgement()
    }

    func channelInactive(context: ChannelHandlerContext) {
        if self.context != nil { service.state.connections.subtract(1, ordering: .relaxed) }
        judgement.cancel()
        alarm.cancel()
        end.cancel()
        calls.cancelAll()
        forgetUnread()
        self.context = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            end.closedInput(context.channel)
            now = .now
            endIfReadToTheEnd()
        case is DrainEvent:
            now = .now
            perform(state.stop(at: now))
            flush()
            setAlarm()
        case is AccessChangedEvent: judgeAgain()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func perform(_ step: ServerConnectionState.Step) {
        switch step {
        case .nothing: break
        case .run(let request): run(request)
        case .refuse(let callID, let refusal): send(refusal, callID)
        case .cancel(let callID): if ProtocolTooth.cancels.holds { calls.cancel(callID) }
        case .send(let frame): send(frame)
        case .announce(let goAway, let ping):
            send(.goAway(goAway))
            send(ping)
        case .end(let goAway):
            logger.info(
                "connection ended",
                metadata: ["reason": "\(goAway.reason)", "why": "\(goAway.message)"])
            send(.goAway(goAway))
            close()
        case .close: close()
        case .abandon: context?.close(promise: nil)
        }
    }

    // MARK: Step 1: bytes to frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if unread.readableBytes == 0 {
            unread = bytes
        } else {
            // Into memory of their own, and both parts erased where they lay.
            var joined = context.channel.allocator.buffer(
                capacity: unread.readableBytes + bytes.readableBytes)
            joined.writeImmutableBuffer(unread)
            joined.writeImmutableBuffer(bytes)
            forgetUnread()
            bytes.erase(bytes.readableBytes)
            unread = joined
        }
        now = .now
        state.heard(at: now)
        readFrames(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if unread.readableBytes == 0 { unread = ByteBuffer() }
        flush()
        setAlarm()
        context.fireChannelReadComplete()
    }

    /// Every frame that is here, as long as the peer takes its replies: what a slow reader asks for
    /// waits, so that its replies do not pile up.
    private func readFrames(_ context: ChannelHandlerContext) {
        isReading = true
        while !state.isClosing, isTaken(context), readFrame() {}
        if state.isClosing { forgetUnread() }
        if closeIsDue { close() }
        state.awaitsRest(unread.readableBytes > 0, at: now)
        state.pause(!context.channel.isWritable, at: now)
    }

    /// Whether the peer takes what it was sent so far.
    private func isTaken(_ context: ChannelHandlerContext) -> Bool {
        if replies.isLarge { flush() }
        return context.channel.isWritable
    }

    /// The peer sends no more: once all of it was read, what is in flight is answered, and no more.
    private func endIfReadToTheEnd() {
        guard end.inputIsClosed, unread.readableBytes == 0 || context?.channel.isWritable == true
        else { return }
        perform(state.receiveEnd(at: now))
    }

    /// What was not read may hold a password, too.
    private func forgetUnread() {
        unread.erase(unread.readableBytes)
        unread = ByteBuffer()
    }

    /// One frame, if all of it is here.
    private func readFrame() -> Bool {
        guard let announced = unread.getInteger(at: unread.readerIndex, as: UInt32.self) else {
            return false
        }
        do throws(WireFault) {
            let length = try FrameLength.judge(announced, max: WireLimits.requestFrameBytesMax)
            guard unread.readableBytes >= FrameLength.byteCount + length else { return false }
            state.completedFrame()
            unread.moveReaderIndex(forwardBy: FrameLength.byteCount)
            try receiveFrame(length)
            return true
        } catch {
            perform(state.fail(error))
            return false
        }
    }

    /// Unpacks and acts; then the frame's bytes are erased, for a password may be among them.
    private func receiveFrame(_ length: Int) throws(WireFault) {
        isHoldingBytes = true
        defer {
            isHoldingBytes = false
            unread.moveReaderIndex(forwardBy: length)
        }
        var fault: WireFault?
        unread.withUnsafeReadableBytes { readable in
            let bytes = UnsafeRawBufferPointer(rebasing: readable[..<length])
            do throws(Refusal) {
                try loop.arena.scope(budget: Arena.requestBudget(length)) { () throws(Refusal) in
                    let frame = try loop.arena.decode(Frame.self, from: bytes)
                    perform(state.receive(frame, at: now))
                }
            } catch {
                fault = WireFault(error.message)
            }
        }
        unread.erase(length)
        if let fault { throw fault }
    }

    // MARK: Step 2: frames to calls

    /// Answers at once what need not wait, which most reads need not.
    private func run(_ request: RequestFrame) {
        do throws(Refusal) {
            guard let endpoint = Endpoint.find(request.method) else {
                throw Refusal(
                    ProtocolTooth.methods.holds ? .methodUnknown : .internalFault,
                    "this server has no such method")
            }
            guard let caller = peer.caller, caller.may(endpoint.name, of: endpoint.roles) else {
                throw .methodForbidden
            }
            try request.check()
            let timeout = min(request.timeout ?? WireLimits.deadlineDefault, WireLimits.deadlineMax)
            let incoming = Endpoint.Incoming(
                frame: request, caller: caller.name, deadline: now + timeout)
            let prepared = try endpoint.open(incoming, service, loop.arena) { body in
                logger.debug("call answered", metadata: request.metadata)
                reply(request.callID, body)
                perform(state.answered(at: now))
            }
            if let prepared { start(endpoint, prepared, request, deadline: now + timeout) }
        } catch {
            log(error, request.metadata)
            send(error, request.callID)
            perform(state.answered(at: now))
        }
    }

    /// Runs on this loop until it first has to wait.
    private func start(
        _ endpoint: Endpoint, _ prepared: Endpoint.Prepared, _ request: RequestFrame,
        deadline: ContinuousClock.Instant
    ) {
        guard let eventLoop = context?.eventLoop else { return }
        let service = service
        let callID = request.callID
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        calls.insert(callID, endpoint, trace: request.trace, deadline: deadline)
        let task = Task.immediate(executorPreference: loop.executor) {
            let outcome = await prepared.answer(service)
            if eventLoop.inEventLoop {
                bound.value.finish(callID, outcome)
            } else {
                eventLoop.execute { bound.value.finish(callID, outcome) }
            }
        }
        calls.attach(task, to: callID)
        if !isReading { setAlarm() }
    }

    // MARK: Step 6: replies to bytes

    private func finish(_ callID: UInt64, _ outcome: Endpoint.Outcome) {
        let call = calls.remove(callID)
        guard context != nil, !state.isClosing else { return }
        func metadata() -> Logger.Metadata {
            .call(call?.endpoint.name ?? "unknown", trace: call?.trace)
        }
        loop.arena.scope(budget: Arena.packingBudget) {
            switch outcome {
            case .reply(let encode):
                logger.debug("call answered", metadata: metadata())
                reply(callID, encode(loop.arena))
            case .refusal(let refusal):
                log(refusal, metadata())
                send(refusal, callID)
            }
        }
        if !isReading { now = .now }
        perform(state.answered(at: now))
        if !isReading { flush() }
    }

    private func reply(_ callID: UInt64, _ body: UnsafeRawBufferPointer) {
        loop.arena.scope(budget: Arena.packingBudget) {
            let bytes = loop.arena.encodeFrame(
                .response(ResponseFrame(callID: callID, outcome: .reply(body))))
            if bytes.count - FrameLength.byteCount <= state.responseFrameBytesMax {
                replies.append(bytes)
            } else {
                send(.replyTooLong, callID)
            }
        }
    }

    private func send(_ refusal: Refusal, _ callID: UInt64) {
        send(.response(ResponseFrame(callID: callID, outcome: .failure(Failure(refusal)))))
    }

    private func send(_ frame: Frame) {
        loop.arena.scope(budget: Arena.packingBudget) {
            replies.append(loop.arena.encodeFrame(frame))
        }
    }

    /// A write that fails makes the channel read at once: whoever calls this must be ready for
    /// `channelRead`, and holds no bytes of `unread`.
    private func flush() {
        guard let context, let bytes = replies.take() else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        replies.reuse(bytes)
    }

    /// Refusals are everyday; faults of this server are not, nor are calls that a role has not
    /// (R76).
    private func log(_ refusal: Refusal, _ call: @autoclosure () -> Logger.Metadata) {
        if refusal.reason == .methodForbidden { return forbidden.add(call()) }
        let isFault = [.internalFault, .outcomeUnknown, .storeUnavailable].contains(refusal.reason)
        let level = isFault ? Logger.Level.error : .debug
        guard level >= logger.logLevel else { return }
        var metadata = call()
        metadata["reason"] = "\(refusal.reason.rawValue)"
        metadata["cause"] = refusal.cause.map { "\($0)" }
        logger.log(level: level, "call refused", metadata: metadata)
    }

    // MARK: Back-pressure

    /// A slow reader is not read from: what it asks for waits in its own socket.
    func read(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            context.read()
        } else {
            readWhenWritable = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        // Not while frames are being read: that loop sees the change by itself.
        if !isReading {
            now = .now
            state.pause(!context.channel.isWritable, at: now)
            if context.channel.isWritable {
                readFrames(context)
                isReading = false
                flush()
                endIfReadToTheEnd()
                if readWhenWritable, context.channel.isWritable {
                    readWhenWritable = false
                    context.read()
                }
            }
            setAlarm()
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Time and endings

    /// Sees to it that `ring` runs when something's time has come, or earlier.
    private func setAlarm() {
        guard let eventLoop = context?.eventLoop else { return }
        var next = state.nextTick
        if let deadline = calls.nextDeadline { next = min(next ?? deadline, deadline) }
        guard let next, !alarm.rings(by: next) else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        alarm.set(for: next, on: eventLoop) { bound.value.ring() }
    }

    private func ring() {
        alarm.rang()
        now = .now
        if ProtocolTooth.deadlines.holds { calls.cancelOverdue(at: now) }
        perform(state.tick(at: now))
        flush()
        setAlarm()
    }

    /// Half-closes, so that the peer can read to the end, and closes when the peer has, or soon (P7.3).
    private func close() {
        guard let context else { return }
        closeIsDue = isHoldingBytes
        if closeIsDue { return }
        flush()
        end.begin(context.channel)
    }
}
