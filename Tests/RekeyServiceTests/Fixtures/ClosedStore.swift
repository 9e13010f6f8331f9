// A store that a test puts behind a service to see who gets as far as the store.

import RekeyCore
import RekeyStore
import Synchronization

/// Refuses everything and counts who asked.
final class ClosedStore: AccountStore {
    private let touched = Atomic(0)

    var touches: Int { touched.load(ordering: .relaxed) }

    @discardableResult
    private func touch() -> StoreError {
        touched.wrappingAdd(1, ordering: .relaxed)
        return .unavailable
    }

    func transact<Reply: Storable>(
        _ subject: SubjectID, idempotency: IdempotencyKey?,
        _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(StoreError) -> Answer<Reply> { throw touch() }

    func transact<Reply: Sendable>(
        _ subject: SubjectID, _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(StoreError) -> Answer<Reply> { throw touch() }

    func transactAtOnce<Reply: Sendable>(
        _ subject: SubjectID, _ body: @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) throws(StoreError) -> Answer<Reply>? { throw touch() }

    func holds(_ key: IdempotencyKey) -> Bool {
        touch()
        return false
    }

    func read(_ subject: SubjectID) async throws(StoreError) -> Reading<Subject> { throw touch() }

    func readAtOnce(_ subject: SubjectID) throws(StoreError) -> Reading<Subject>? { throw touch() }

    func list(after: SubjectID?, limit: Int) async throws(StoreError) -> Reading<[Subject]> {
        throw touch()
    }

    func letters(due limit: Int) async throws(StoreError) -> DueLetters { throw touch() }

    func letters(after: LetterID?, limit: Int) async throws(StoreError) -> [Letter] {
        throw touch()
    }

    func settle(
        _ letters: [(letter: Letter, settlement: LetterSettlement)]
    ) throws(StoreError) { throw touch() }

    var letterArrivals: AsyncStream<Void> {
        touch()
        return AsyncStream { $0.finish() }
    }

    func status() -> StoreStatus {
        touch()
        return StoreStatus(
            now: Timestamp(milliseconds: 0), accounts: 0, lettersWaiting: 0, durableSequence: 0,
            logBytesSinceCheckpoint: 0, isFull: false, clockAhead: .zero)
    }

    func recipes() -> [PasswordRecord.Recipe: Int] {
        touch()
        return [:]
    }

    var takesWrites: Bool {
        touch()
        return false
    }
}
