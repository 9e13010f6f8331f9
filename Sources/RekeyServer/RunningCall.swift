import NIOCore

/// A call that is being answered.
struct RunningCall {
    let method: String
    var task: Task<Void, Never>?
    /// Cancels it at its deadline.
    var alarm: Scheduled<Void>?
}
