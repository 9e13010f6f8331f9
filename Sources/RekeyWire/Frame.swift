public import RekeyCore

/// What travels behind one length. Bodies are views: they live as long as the arena's scope.
public enum Frame {
    case hello(Hello)
    case request(RequestFrame)
    case response(ResponseFrame)
    case cancel(callID: UInt64)
    case ping(token: UInt64)
    case pong(token: UInt64)
    case goAway(GoAway)
}

/// The first frame of either side.
public struct Hello: Hashable, Sendable {
    public var versions: ClosedRange<UInt32>
    public var requestFrameBytesMax: Int
    public var responseFrameBytesMax: Int
    public var callsMax: Int
    public var features: [String]

    public init(
        versions: ClosedRange<UInt32> = WireLimits.version...WireLimits.version,
        requestFrameBytesMax: Int = WireLimits.requestFrameBytesMax,
        responseFrameBytesMax: Int = WireLimits.responseFrameBytesMax,
        callsMax: Int = WireLimits.callsInFlightMax, features: [String] = []
    ) {
        self.versions = versions
        self.requestFrameBytesMax = requestFrameBytesMax
        self.responseFrameBytesMax = responseFrameBytesMax
        self.callsMax = callsMax
        self.features = features
    }
}

/// One call.
public struct RequestFrame {
    public var callID: UInt64
    public var method: WireText
    public var body: UnsafeRawBufferPointer
    /// From receipt; nil stands for the server's default.
    public var timeout: Duration?
    public var idempotencyKey: [UInt8]
    public var traceContext: WireText

    public init(
        callID: UInt64, method: WireText,
        body: UnsafeRawBufferPointer = .init(start: nil, count: 0), timeout: Duration? = nil,
        idempotencyKey: [UInt8] = [], traceContext: WireText = ""
    ) {
        self.callID = callID
        self.method = method
        self.body = body
        self.timeout = timeout
        self.idempotencyKey = idempotencyKey
        self.traceContext = traceContext
    }
}

/// The one answer to a call.
public struct ResponseFrame {
    public var callID: UInt64
    public var outcome: Outcome

    public enum Outcome {
        case reply(UnsafeRawBufferPointer)
        case failure(Failure)
    }

    public init(callID: UInt64, outcome: Outcome) {
        self.callID = callID
        self.outcome = outcome
    }
}

/// A refusal as it stands on the wire: a newer server may use reasons that this code does not know.
public struct Failure: Error, Hashable, Sendable {
    public var status: StatusCode
    public var reason: String
    public var message: String
    public var details: [FieldProblem]
    public var retryAfter: Duration?
    /// The call was not run, and may be repeated anywhere.
    public var isNotProcessed: Bool

    public init(
        status: StatusCode, reason: String, message: String, details: [FieldProblem] = [],
        retryAfter: Duration? = nil, isNotProcessed: Bool = false
    ) {
        self.status = status
        self.reason = reason
        self.message = message
        self.details = details
        self.retryAfter = retryAfter
        self.isNotProcessed = isNotProcessed
    }

    public init(_ refusal: Refusal) {
        self.init(
            status: refusal.reason.status, reason: refusal.reason.rawValue,
            message: refusal.message, details: refusal.details, retryAfter: refusal.retryAfter,
            isNotProcessed: refusal.reason.isNotProcessed)
    }
}

/// A side takes no further calls, or soon will not.
public struct GoAway: Hashable, Sendable {
    /// Calls above it are not processed.
    public var lastCallID: UInt64
    /// The `lastCallID` that announces another GoAway.
    public static let announcement = UInt64.max

    public var reason: String
    public var message: String

    public init(lastCallID: UInt64, reason: String, message: String) {
        self.lastCallID = lastCallID
        self.reason = reason
        self.message = message
    }
}
