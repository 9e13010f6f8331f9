public import CProtobufC
public import CRekeyProto
public import RekeyCore

extension Frame: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_frame_descriptor()
    }

    public init(_ message: Rekey__V1__Frame) throws(Refusal) {
        switch message.kind_case {
        case REKEY__V1__FRAME__KIND_HELLO:
            self = .hello(try required(message.hello, "hello"))
        case REKEY__V1__FRAME__KIND_REQUEST:
            self = .request(try required(message.request, "request"))
        case REKEY__V1__FRAME__KIND_RESPONSE:
            self = .response(try required(message.response, "response"))
        case REKEY__V1__FRAME__KIND_CANCEL:
            self = .cancel(callID: message.cancel.pointee.call_id)
        case REKEY__V1__FRAME__KIND_PING:
            self = .ping(token: message.ping.pointee.token)
        case REKEY__V1__FRAME__KIND_PONG:
            self = .pong(token: message.pong.pointee.token)
        case REKEY__V1__FRAME__KIND_GO_AWAY:
            self = .goAway(try required(message.go_away, "go_away"))
        case _ where !ProtocolTooth.frameKinds.holds:
            self = .pong(token: 0)
        default:
            throw .field("kind", "a frame of a kind that version 1 does not have")
        }
    }

    public func fill(_ message: inout Rekey__V1__Frame, _ arena: Arena) {
        switch self {
        case .hello(let hello):
            message.kind_case = REKEY__V1__FRAME__KIND_HELLO
            message.hello = arena.message(hello)
        case .request(let request):
            message.kind_case = REKEY__V1__FRAME__KIND_REQUEST
            message.request = arena.message(request)
        case .response(let response):
            message.kind_case = REKEY__V1__FRAME__KIND_RESPONSE
            message.response = arena.message(response)
        case .cancel(let id):
            message.kind_case = REKEY__V1__FRAME__KIND_CANCEL
            message.cancel = arena.message(CancelBody(callID: id))
        case .ping(let token):
            message.kind_case = REKEY__V1__FRAME__KIND_PING
            message.ping = arena.message(PingBody(token: token))
        case .pong(let token):
            message.kind_case = REKEY__V1__FRAME__KIND_PONG
            message.pong = arena.message(PongBody(token: token))
        case .goAway(let goAway):
            message.kind_case = REKEY__V1__FRAME__KIND_GO_AWAY
            message.go_away = arena.message(goAway)
        }
    }
}

private struct CancelBody: WireMessage {
    var callID: UInt64
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { rekey_cancel_descriptor() }
    init(callID: UInt64) { self.callID = callID }
    init(_ message: Rekey__V1__Cancel) { callID = message.call_id }
    func fill(_ message: inout Rekey__V1__Cancel, _ arena: Arena) { message.call_id = callID }
}

private struct PingBody: WireMessage {
    var token: UInt64
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { rekey_ping_descriptor() }
    init(token: UInt64) { self.token = token }
    init(_ message: Rekey__V1__Ping) { token = message.token }
    func fill(_ message: inout Rekey__V1__Ping, _ arena: Arena) { message.token = token }
}

private struct PongBody: WireMessage {
    var token: UInt64
    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { rekey_pong_descriptor() }
    init(token: UInt64) { self.token = token }
    init(_ message: Rekey__V1__Pong) { token = message.token }
    func fill(_ message: inout Rekey__V1__Pong, _ arena: Arena) { message.token = token }
}

extension Hello: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_hello_descriptor()
    }

    public init(_ message: Rekey__V1__Hello) throws(Refusal) {
        guard message.version_min >= 1, message.version_min <= message.version_max else {
            throw .field("hello.version_min", "1 or more, and at most version_max")
        }
        guard message.n_features <= 32 else {
            throw .field("hello.features", "at most 32")
        }
        self.init(
            versions: message.version_min...message.version_max,
            requestFrameBytesMax: Int(message.request_frame_bytes_max),
            responseFrameBytesMax: Int(message.response_frame_bytes_max),
            callsMax: Int(message.calls_max),
            features: (0..<message.n_features).map { message.features[$0].text })
    }

    public func fill(_ message: inout Rekey__V1__Hello, _ arena: Arena) {
        message.version_min = versions.lowerBound
        message.version_max = versions.upperBound
        message.request_frame_bytes_max = UInt32(clamping: requestFrameBytesMax)
        message.response_frame_bytes_max = UInt32(clamping: responseFrameBytesMax)
        message.calls_max = UInt32(clamping: callsMax)
        (message.n_features, message.features) = arena.table(features) {
            Optional(arena.string($0))
        }
    }
}

extension RequestFrame: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_request_descriptor()
    }

    public init(_ message: Rekey__V1__Request) throws(Refusal) {
        self.init(
            callID: message.call_id, method: WireText(view: message.method),
            body: message.body.bytes,
            timeout: message.timeout_ms == 0 ? nil : .milliseconds(Int64(message.timeout_ms)),
            idempotencyKey: Array(message.idempotency_key.bytes),
            traceContext: WireText(view: message.trace_context))
    }

    public func fill(_ message: inout Rekey__V1__Request, _ arena: Arena) {
        message.call_id = callID
        message.method = arena.string(method)
        message.body = arena.data(body)
        message.timeout_ms = timeout?.wireMilliseconds ?? 0
        message.idempotency_key = arena.data(idempotencyKey)
        message.trace_context = arena.string(traceContext)
    }
}

extension ResponseFrame: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_response_descriptor()
    }

    public init(_ message: Rekey__V1__Response) throws(Refusal) {
        if message.status == REKEY__V1__STATUS_CODE__STATUS_CODE_OK {
            self.init(callID: message.call_id, outcome: .reply(message.body.bytes))
            return
        }
        let details: [FieldProblem] = try elements(message.n_details, message.details)
        self.init(
            callID: message.call_id,
            outcome: .failure(
                Failure(
                    status: StatusCode(rawValue: message.status.rawValue) ?? .unknown,
                    reason: message.reason.text, message: message.message.text,
                    details: details,
                    retryAfter: message.retry_after_ms == 0
                        ? nil : .milliseconds(Int64(message.retry_after_ms)),
                    isNotProcessed: message.not_processed != 0)))
    }

    public func fill(_ message: inout Rekey__V1__Response, _ arena: Arena) {
        message.call_id = callID
        switch outcome {
        case .reply(let body):
            message.body = arena.data(body)
        case .failure(let failure):
            message.status = .init(rawValue: failure.status.rawValue)
            message.reason = arena.string(failure.reason)
            message.message = arena.string(failure.message)
            if ProtocolTooth.details.holds {
                (message.n_details, message.details) = arena.messages(failure.details)
            }
            if ProtocolTooth.retryAfter.holds {
                message.retry_after_ms = failure.retryAfter?.wireMilliseconds ?? 0
            }
            message.not_processed =
                failure.isNotProcessed && ProtocolTooth.notProcessed.holds ? 1 : 0
        }
    }
}

extension FieldProblem: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_detail_descriptor()
    }

    public init(_ message: Rekey__V1__Detail) throws(Refusal) {
        self.init(field: message.field.text, problem: message.problem.text)
    }

    public func fill(_ message: inout Rekey__V1__Detail, _ arena: Arena) {
        message.field = arena.string(field)
        message.problem = arena.string(problem)
    }
}

extension GoAway: WireMessage {
    public static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> {
        rekey_go_away_descriptor()
    }

    public init(_ message: Rekey__V1__GoAway) throws(Refusal) {
        self.init(
            lastCallID: message.last_call_id, reason: message.reason.text,
            message: message.message.text)
    }

    public func fill(_ message: inout Rekey__V1__GoAway, _ arena: Arena) {
        message.last_call_id = lastCallID
        message.reason = arena.string(reason)
        message.message = arena.string(self.message)
    }
}
