import NIOCore

/// A call that is being answered.
struct RunningCall {
    let method: String
    /// When it is cancelled.
    let deadline: NIODeadline
    var task: Task<Void, Never>?
}
