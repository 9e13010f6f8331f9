// A call of an asynchronous API by a thread that decides itself when to wait for it.
import Dispatch
import Synchronization

/// A call that was begun: decided and appended when `init` returns, answered some time later.
final class StoreCall: Sendable {
    private let answered = Atomic(false)
    private let done = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () async -> Void) {
        Task.immediate {
            await body()
            self.answered.store(true, ordering: .releasing)
            self.done.signal()
        }
    }

    var hasAnswered: Bool { answered.load(ordering: .acquiring) }

    func wait() throws {
        guard done.wait(timeout: .now() + 60) == .success else {
            throw Broken("a call whose record is durable has not answered for a minute")
        }
    }

    /// The value of a call that is waited for at once.
    static func value<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let answer = Answer<Value>()
        let call = StoreCall {
            do {
                let value = try await body()
                answer.result.withLock { $0 = .success(value) }
            } catch {
                answer.result.withLock { $0 = .failure(error) }
            }
        }
        try call.wait()
        guard let result = answer.result.withLock({ $0 }) else {
            throw Broken("a call ended without an answer")
        }
        return try result.get()
    }

    private final class Answer<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }
}
