/// Why a call was not done: what its caller gets instead of a reply.
public struct Refusal: Error, Hashable, Sendable {
    public var reason: Reason
    /// A sentence for people that says what to do; it holds nothing that the caller did not send.
    public var message: String
    public var details: [FieldProblem]
    /// When a repeat makes sense, if that is known.
    public var retryAfter: Duration?
    /// What the log says of a fault of ours; it never travels (R82).
    public var cause: String?

    public init(
        _ reason: Reason, _ message: String, details: [FieldProblem] = [],
        retryAfter: Duration? = nil, cause: String? = nil
    ) {
        self.cause = cause
        self.reason = reason
        self.message = message
        self.details = details
        self.retryAfter = retryAfter
    }

    /// One field of the request is not usable: INVALID_ARGUMENT that names it.
    public static func field(_ field: String, _ problem: String) -> Refusal {
        Refusal(
            .fieldInvalid, "\(field): \(problem)",
            details: [FieldProblem(field: field, problem: problem)])
    }

    public static let idempotencyKeyReused = Refusal(
        .idempotencyKeyReused, "this idempotency key was used for another call; take a new one")
}

/// What is wrong with one field of a request, by its name in the .proto.
public struct FieldProblem: Hashable, Sendable {
    public var field: String
    public var problem: String

    public init(field: String, problem: String) {
        self.field = field
        self.problem = problem
    }
}
