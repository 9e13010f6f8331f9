import Logging
import NIOCore
import RekeyCore
import RekeyService
import RekeyWire
import Synchronization

/// One connection: bytes to frames, frames to calls, replies to bytes. What it may and must do next
/// is `ConnectionState`'s to say; this room only does it.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let service: Service
    private let loop: LoopResources
    private let logger: Logger
    private var state = ConnectionState()
    private var unread = ByteBuffer()
    private var calls: [UInt64: RunningCall] = [:]
    /// Cancels calls at their deadlines. One for all of them: nearly every call ends long before its
    /// own, and an alarm that is set and taken back costs a call more than its frame does.
    private var alarm: (at: NIODeadline, scheduled: Scheduled<Void>)?
    private var isReading = false
    private var readWhenWritable = false
    private var inputIsClosed = false
    private var flushIsDue = false
    /// Ends the connection unless the Hello, or the rest of a frame, comes in time.
    private var patience: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(service: Service, loop: LoopResources, logger: Logger) {
        self.service = service
        self.loop = loop
        self.logger = logger
    }

    // MARK: The connection's life

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        service.state.connections.add(1, ordering: .relaxed)
        send(.hello(Hello()))
        flush()
        wait(WireLimits.helloWithin, for: "HELLO_MISSING", "no Hello came")
        if service.state.isDraining.load(ordering: .relaxed) { drain() }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        service.state.connections.subtract(1, ordering: .relaxed)
        patience?.cancel()
        alarm?.scheduled.cancel()
        alarm = nil
        for call in calls.values { call.task?.cancel() }
        self.context = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            inputIsClosed = true
            endIfReadToTheEnd()
        case is IdleStateHandler.IdleStateEvent where state.isIdle:
            end(state.end("IDLE", "nothing was sent for \(WireLimits.idleMax)"))
        case is DrainEvent:
            drain()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    private func drain() {
        guard let goAway = state.drain("DRAINING", "the server is stopping") else { return }
        send(.goAway(goAway))
        flush()
        if state.isIdle { close() }
    }

    // MARK: Step 1: bytes to frames

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        if unread.readableBytes == 0 {
            unread = bytes
        } else {
            unread.writeImmutableBuffer(bytes)
            bytes.erase(bytes.readableBytes)
        }
        readFrames(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        if unread.readableBytes == 0 { unread = ByteBuffer() }
        if flushIsDue { flush() }
        context.fireChannelReadComplete()
    }

    /// Every frame that is here, as long as the peer takes its replies: what a slow reader asks for
    /// waits, so that its replies do not pile up.
    private func readFrames(_ context: ChannelHandlerContext) {
        isReading = true
        while !state.isEnded, context.channel.isWritable, readFrame() {}
        if state.isEnded { unread.clear() }
        // It is this side that does not read on.
        if !context.channel.isWritable, !state.isAwaitingHello { stopWaiting() }
    }

    /// The peer sends no more: once all of it was read, what is in flight is answered, and no more.
    private func endIfReadToTheEnd() {
        guard inputIsClosed, unread.readableBytes == 0 || context?.channel.isWritable == true
        else { return }
        if state.receiveEnd() { close() }
    }

    /// One frame, if all of it is here.
    private func readFrame() -> Bool {
        guard let announced = unread.getInteger(at: unread.readerIndex, as: UInt32.self) else {
            awaitRest()
            return false
        }
        do throws(WireFault) {
            let length = try FrameLength.judge(announced, max: WireLimits.requestFrameBytesMax)
            guard unread.readableBytes >= FrameLength.byteCount + length else {
                awaitRest()
                return false
            }
            if !state.isAwaitingHello { stopWaiting() }
            unread.moveReaderIndex(forwardBy: FrameLength.byteCount)
            try receiveFrame(length)
            return true
        } catch {
            end(state.fail(error))
            return false
        }
    }

    /// Unpacks and acts; then the frame's bytes are erased, for a password may be among them.
    private func receiveFrame(_ length: Int) throws(WireFault) {
        defer { unread.moveReaderIndex(forwardBy: length) }
        var fault: WireFault?
        unread.withUnsafeReadableBytes { readable in
            let bytes = UnsafeRawBufferPointer(rebasing: readable[..<length])
            do throws(Refusal) {
                try loop.arena.scope(budget: Arena.requestBudget(length)) { () throws(Refusal) in
                    receive(try loop.arena.decode(Frame.self, from: bytes))
                }
            } catch {
                fault = WireFault(error.message)
            }
        }
        unread.erase(length)
        if let fault { throw fault }
    }

    private func receive(_ frame: Frame) {
        if state.isAwaitingHello {
            switch frame {
            case .hello, .request: break
            default: return end(state.end("HELLO_MISSING", "the first frame must be a Hello"))
            }
        }
        switch frame {
        case .hello(let hello):
            if let goAway = state.receive(hello) { return end(goAway) }
            stopWaiting()
        case .request(let request):
            receive(request)
        case .cancel(let callID):
            calls[callID]?.task?.cancel()
        case .ping(let token):
            send(.pong(token: token))
        case .pong:
            break
        case .goAway:
            if state.receiveEnd() { close() }
        case .response:
            end(state.fail(WireFault("a Response; only servers send them")))
        }
    }

    // MARK: Step 2: frames to calls

    private func receive(_ request: RequestFrame) {
        switch state.receiveRequest(request.callID) {
        case .end(let goAway):
            end(goAway)
        case .refuse(let refusal):
            send(refusal, request.callID)
        case .run:
            do throws(Refusal) {
                try run(request)
            } catch {
                log(
                    Endpoint.all[request.method] == nil ? "unknown" : request.method,
                    .refusal(error))
                finish(request.callID, .refusal(error))
            }
        }
    }

    private func run(_ request: RequestFrame) throws(Refusal) {
        guard let endpoint = Endpoint.all[request.method] else {
            throw Refusal(.methodUnknown, "this server has no such method")
        }
        guard request.idempotencyKey.count <= 64 else {
            throw .field("idempotency_key", "at most 64 bytes")
        }
        guard request.traceContext.utf8.count <= 128, request.traceContext.isPlainText else {
            throw .field("trace_context", "a W3C traceparent, or empty")
        }
        let timeout = min(request.timeout ?? WireLimits.deadlineDefault, WireLimits.deadlineMax)
        // Without certificates there is one caller: this machine.
        let caller = "local"
        let prepared = try endpoint.prepare(request, caller, service, loop.arena)
        let call = Call(
            caller: caller, deadline: .now.advanced(by: timeout),
            idempotency: prepared.idempotency)
        start(request.method, prepared, call, request.callID, timeout)
    }

    /// Runs at once on this loop until it first has to wait; most reads never do.
    private func start(
        _ method: String, _ prepared: Endpoint.Prepared, _ call: Call, _ callID: UInt64,
        _ timeout: Duration
    ) {
        guard let eventLoop = context?.eventLoop else { return }
        let service = service
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let deadline = NIODeadline.now() + .init(timeout)
        calls[callID] = RunningCall(method: method, deadline: deadline)
        let task = Task.immediate(executorPreference: loop.executor) {
            let outcome = await prepared.answer(call, service)
            if eventLoop.inEventLoop {
                bound.value.finish(callID, outcome)
            } else {
                eventLoop.execute { bound.value.finish(callID, outcome) }
            }
        }
        guard calls[callID] != nil else { return }
        calls[callID]?.task = task
        wake(at: deadline, on: eventLoop)
    }

    /// Sees to it that `endOverdue` runs then, or earlier.
    private func wake(at deadline: NIODeadline, on eventLoop: any EventLoop) {
        if let alarm {
            guard deadline < alarm.at else { return }
            alarm.scheduled.cancel()
        }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        let scheduled = eventLoop.scheduleTask(deadline: deadline) {
            bound.value.endOverdue(eventLoop)
        }
        alarm = (deadline, scheduled)
    }

    /// Cancels the calls whose deadline has come.
    private func endOverdue(_ eventLoop: any EventLoop) {
        alarm = nil
        let now = NIODeadline.now()
        for call in calls.values where call.deadline <= now { call.task?.cancel() }
        let next = calls.values.lazy.map(\.deadline).filter { $0 > now }.min()
        if let next { wake(at: next, on: eventLoop) }
    }

    // MARK: Step 6: replies to bytes

    private func finish(_ callID: UInt64, _ outcome: Endpoint.Outcome) {
        let call = calls.removeValue(forKey: callID)
        if let call { log(call.method, outcome) }
        guard context != nil else { return }
        let isLast = state.finishCall()
        loop.arena.scope(budget: Arena.packingBudget) {
            switch outcome {
            case .refusal(let refusal):
                send(refusal, callID)
            case .reply(let encode):
                let frame = Frame.response(
                    ResponseFrame(callID: callID, outcome: .reply(encode(loop.arena))))
                let bytes = loop.arena.encodeFrame(frame)
                if bytes.count - FrameLength.byteCount <= state.responseFrameBytesMax {
                    send(bytes)
                } else {
                    send(.replyTooLong, callID)
                }
            }
        }
        if !isReading { flush() }
        if isLast { close() }
    }

    /// Refusals are everyday; faults of this server are not.
    private func log(_ method: String, _ outcome: Endpoint.Outcome) {
        switch outcome {
        case .reply:
            logger.debug("call answered", metadata: ["method": "\(method)"])
        case .refusal(let refusal):
            let isFault = [.internalFault, .outcomeUnknown, .storeUnavailable].contains(
                refusal.reason)
            var metadata: Logger.Metadata = [
                "method": "\(method)", "reason": "\(refusal.reason.rawValue)",
            ]
            metadata["cause"] = refusal.cause.map { "\($0)" }
            logger.log(level: isFault ? .error : .debug, "call refused", metadata: metadata)
        }
    }

    private func send(_ refusal: Refusal, _ callID: UInt64) {
        send(.response(ResponseFrame(callID: callID, outcome: .failure(Failure(refusal)))))
    }

    private func send(_ frame: Frame) {
        loop.arena.scope(budget: Arena.packingBudget) { send(loop.arena.encodeFrame(frame)) }
    }

    private func send(_ bytes: UnsafeRawBufferPointer) {
        guard let context else { return }
        var buffer = context.channel.allocator.buffer(capacity: bytes.count)
        buffer.writeBytes(bytes)
        context.write(wrapOutboundOut(buffer), promise: nil)
        flushIsDue = true
    }

    private func flush() {
        flushIsDue = false
        context?.flush()
    }

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
        if context.channel.isWritable, !isReading {
            readFrames(context)
            isReading = false
            if flushIsDue { flush() }
            endIfReadToTheEnd()
            if readWhenWritable, context.channel.isWritable {
                readWhenWritable = false
                context.read()
            }
        }
        context.fireChannelWritabilityChanged()
    }

    // MARK: Endings

    /// Says why, then closes.
    private func end(_ goAway: GoAway) {
        logger.info(
            "connection ended",
            metadata: ["reason": "\(goAway.reason)", "why": "\(goAway.message)"])
        send(.goAway(goAway))
        close()
    }

    /// Half-closes, so that the peer can read to the end, and closes when the peer has, or soon.
    private func close() {
        guard let context else { return }
        _ = state.receiveEnd()
        stopWaiting()
        flush()
        let channel = context.channel
        // Behind all that was written: a slow reader gets it to the end, within the drain's time.
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in
            channel.close(mode: .output, promise: nil)
            channel.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        }
        channel.eventLoop.scheduleTask(in: .init(WireLimits.drainMax)) {
            channel.close(promise: nil)
        }
    }

    private func awaitRest() {
        guard unread.readableBytes > 0, !state.isAwaitingHello else { return }
        wait(WireLimits.frameWithin, for: "FRAME_SLOW", "the rest of a frame did not come")
    }

    private func wait(_ time: Duration, for reason: String, _ message: String) {
        guard patience == nil, let eventLoop = context?.eventLoop else { return }
        let bound = NIOLoopBound(self, eventLoop: eventLoop)
        patience = eventLoop.scheduleTask(in: .init(time)) {
            let handler = bound.value
            handler.end(handler.state.end(reason, message))
        }
    }

    private func stopWaiting() {
        patience?.cancel()
        patience = nil
    }
}
