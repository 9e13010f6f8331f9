/// The calls of a connection that wait for something: by id, to be cancelled, and by deadline. Whoever
/// is answered at once never comes in.
struct CallsInFlight {
    typealias Instant = ContinuousClock.Instant

    /// A call that is being answered.
    struct Waiting {
        let endpoint: Endpoint
        /// For its log lines.
        let trace: String?
        let deadline: Instant
        fileprivate var task: Task<Void, Never>?
    }

    private var waiting: [UInt64: Waiting] = [:]
    /// None of them ends earlier; whose it was may have been answered since.
    private(set) var nextDeadline: Instant?

    mutating func insert(
        _ callID: UInt64, _ endpoint: Endpoint, trace: String?, deadline: Instant
    ) {
        waiting[callID] = Waiting(endpoint: endpoint, trace: trace, deadline: deadline)
        nextDeadline = min(nextDeadline ?? deadline, deadline)
    }

    /// The call's task; it may have ended already.
    mutating func attach(_ task: Task<Void, Never>, to callID: UInt64) {
        waiting[callID]?.task = task
    }

    /// nil when it is not in flight.
    mutating func remove(_ callID: UInt64) -> Waiting? {
        let call = waiting.removeValue(forKey: callID)
        if waiting.isEmpty { nextDeadline = nil }
        return call
    }

    func cancel(_ callID: UInt64) { waiting[callID]?.task?.cancel() }

    func cancelAll() {
        for call in waiting.values { call.task?.cancel() }
    }

    /// Cancels those whose time is over.
    mutating func cancelOverdue(at now: Instant) {
        var next: Instant?
        for call in waiting.values {
            if call.deadline <= now {
                call.task?.cancel()
            } else {
                next = min(next ?? call.deadline, call.deadline)
            }
        }
        nextDeadline = next
    }
}
