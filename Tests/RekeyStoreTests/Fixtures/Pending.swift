// A call that may still wait: whether it has answered is known without looking at a clock.

import Synchronization

/// A call begun on the caller's own thread: `init` returns when it has answered or waits.
struct Pending<Value: Sendable>: Sendable {
    private final class Flag: Sendable {
        let isRaised = Atomic(false)
    }

    private let flag: Flag
    private let task: Task<Value, any Error>

    init(_ call: @escaping @Sendable () async throws -> Value) {
        let flag = Flag()
        self.flag = flag
        task = Task.immediate {
            defer { flag.isRaised.store(true, ordering: .releasing) }
            return try await call()
        }
    }

    var hasAnswered: Bool { flag.isRaised.load(ordering: .acquiring) }

    var value: Value {
        get async throws { try await task.value }
    }
}
