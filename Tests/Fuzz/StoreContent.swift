// All that calls can see of a store, to be compared over a restart. The store is asynchronous and
// libFuzzer is not: each question blocks its thread, which is never one of the cooperative pool.
import Dispatch
import RekeyCore
import RekeyStore
import Synchronization

/// What a store says. A row that this version cannot read is an answer too, and must stay one.
struct StoreContent: Equatable {
    private var subjects: [Result<Subject, StoreError>]
    private var accounts: Result<[Subject], StoreError>
    private var letters: Result<[Letter], StoreError>
    private var accountCount: Int
    private var letterCount: Int

    init(_ store: EmbeddedStore, _ ids: [SubjectID]) {
        subjects = blocking {
            var subjects: [Result<Subject, StoreError>] = []
            for id in ids {
                subjects.append(
                    await result { () async throws(StoreError) in try await store.read(id).value })
            }
            return subjects
        }
        accounts = blocking {
            await result { () async throws(StoreError) in
                try await store.list(after: nil, limit: 1000).value
            }
        }
        letters = blocking {
            await result { () async throws(StoreError) in
                try await store.letters(after: nil, limit: 1000)
            }
        }
        let status = store.status()
        accountCount = status.accounts
        letterCount = status.lettersWaiting
        judge(at: status.now)
    }

    /// The rules that any call applies to a subject: whatever instants and counts rest on the disk,
    /// they have an answer.
    private func judge(at now: Timestamp) {
        let policy = Policy()
        for case .success(let subject) in subjects {
            _ = subject.state(policy: policy, now: now)
            _ = subject.mayLogIn(policy: policy, now: now)
            _ = subject.mayRecover(policy: policy, now: now)
            for session in subject.account?.sessions ?? [] {
                _ = subject.account?.liveSession(session.id, policy: policy, at: now)
            }
            for reset in subject.account?.resets ?? [] {
                _ = subject.account?.openReset(reset.id, policy: policy, at: now)
                _ = reset.resendsLeft(policy: policy)
            }
        }
    }
}

extension EmbeddedStore {
    /// One durable step: a failed login. False when the subject's row cannot be read.
    func failsLogin(of id: SubjectID) -> Bool {
        let outcome = blocking {
            await result { () async throws(StoreError) in
                try await self.transact(id) { _, _ in
                    Decision<Bool>(.reply(true), events: [.loginFailed(.counted)])
                }
            }
        }
        switch outcome {
        case .success: return true
        case .failure(.unreadable): return false
        case .failure(let error): broken("an open store takes a decision: \(error)")
        }
    }
}

func result<Value>(
    _ body: () async throws(StoreError) -> Value
) async -> Result<Value, StoreError> {
    do {
        return .success(try await body())
    } catch {
        return .failure(error)
    }
}

func blocking<Value: Sendable>(_ body: @escaping @Sendable () async -> Value) -> Value {
    let outcome = Outcome<Value>()
    Task.detached {
        let value = await body()
        outcome.value.withLock { $0 = value }
        outcome.isThere.signal()
    }
    outcome.isThere.wait()
    guard let value = outcome.value.withLock({ $0 }) else { broken("a task leaves what it found") }
    return value
}

private final class Outcome<Value: Sendable>: Sendable {
    let value = Mutex<Value?>(nil)
    let isThere = DispatchSemaphore(value: 0)
}
