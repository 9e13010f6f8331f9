import NIOCore
import RekeyCore
import RekeyWire

/// Calls of one method on one connection, as many at once as asked for: each reply makes room for
/// the next call. Lives on the connection's event loop, so a call costs no task and no hop.
final class Pipeline<M: Method> where M.Request: WireMessage {
    private let handler: ConnectionHandler
    private let loop: any EventLoop
    private let depth: Int
    private let timeout: Duration
    private let next: @Sendable () -> M.Request?
    private let answered: @Sendable (Duration, ClientError?) -> Void
    /// Done when nothing is in flight and nothing more comes.
    private let ended: EventLoopPromise<Void>
    private var inFlight = 0
    private var isOver = false

    init(
        _ handler: ConnectionHandler, _ ended: EventLoopPromise<Void>, depth: Int,
        timeout: Duration, next: @escaping @Sendable () -> M.Request?,
        answered: @escaping @Sendable (Duration, ClientError?) -> Void
    ) {
        self.handler = handler
        self.ended = ended
        self.loop = ended.futureResult.eventLoop
        self.depth = depth
        self.timeout = timeout
        self.next = next
        self.answered = answered
    }

    func fill() {
        while !isOver, inFlight < depth {
            guard let request = next() else {
                isOver = true
                break
            }
            start(request)
        }
        if isOver, inFlight == 0 { ended.succeed() }
    }

    private func start(_ request: M.Request) {
        let started = NIODeadline.now()
        let pipeline = NIOLoopBound(self, eventLoop: loop)
        inFlight += 1
        handler.start(
            Call(
                method: M.name, timeout: timeout, deadline: started + TimeAmount(timeout),
                encode: { $0.encode(request) },
                finish: { _, outcome in pipeline.value.finish(started, outcome) },
                ticket: CallTicket()))
    }

    private func finish(_ started: NIODeadline, _ outcome: Call.Outcome) {
        inFlight -= 1
        var failure: ClientError?
        if case .failure(let error) = outcome {
            failure = error
            // After what no call on this connection survives, the next one would fail at once.
            if !error.leavesConnection { isOver = true }
        }
        answered(Duration(NIODeadline.now() - started), failure)
        fill()
    }
}

extension ClientError {
    fileprivate var leavesConnection: Bool {
        switch kind {
        case .refused, .timedOut: true
        default: false
        }
    }
}
