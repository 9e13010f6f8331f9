// What was decided on a store, in order, and who was told: the model that a crash is judged by.

import RekeyCore
import RekeySimulation
import Synchronization
import Testing

@testable import RekeyStore

/// Everything that was decided since the store was made, over any number of crashes.
final class History: Sendable {
    struct Step {
        var subject: SubjectID
        var at: Timestamp
        var events: [Event]
        var letters: [Letter]
        var isAcknowledged = false
        /// It changes nothing, or the store said that it did not happen.
        var isVoid = false
    }

    struct Facts {
        var steps: [Step] = []
        /// Letters whose removal was asked for, and those whose removal is surely durable.
        var settled: Set<LetterID> = []
        var settledDurably: Set<LetterID> = []
        /// Keys of calls that were answered.
        var keys: [(subject: SubjectID, key: IdempotencyKey)] = []
    }

    let subjects: [SubjectID]
    private let facts = Mutex(Facts())

    init(subjects: [SubjectID]) { self.subjects = subjects }

    func settling(_ letter: LetterID) { facts.withLock { _ = $0.settled.insert(letter) } }
    func settledDurably(_ letters: [LetterID]) {
        facts.withLock { $0.settledDurably.formUnion(letters) }
    }

    /// Makes a call on `store` and notes when it was decided and how it ended. Whether it wrote.
    func transact<Reply: Storable>(
        _ store: EmbeddedStore, _ subject: SubjectID, _ key: IdempotencyKey?,
        _ decide: @escaping @Sendable (Subject, Timestamp) -> Decision<Reply>
    ) async throws(StoreError) -> Bool {
        let place = Atomic(-1)
        do throws(StoreError) {
            _ = try await store.transact(subject, idempotency: key) { subject, now in
                let decision = decide(subject, now)
                place.store(self.add(decision, subject, now), ordering: .relaxed)
                return decision
            }
            return facts.withLock { facts in
                facts.steps[place.load(ordering: .relaxed)].isAcknowledged = true
                if let key { facts.keys.append((subject, key)) }
                return !facts.steps[place.load(ordering: .relaxed)].isVoid
            }
        } catch {
            let place = place.load(ordering: .relaxed)
            if error != .outcomeUnknown, place >= 0 {
                facts.withLock { $0.steps[place].isVoid = true }
            }
            throw error
        }
    }

    private func add<Reply>(
        _ decision: Decision<Reply>, _ subject: Subject, _ now: Timestamp
    ) -> Int {
        facts.withLock { facts in
            facts.steps.append(
                Step(
                    subject: subject.id, at: now, events: decision.events,
                    letters: decision.letters, isVoid: decision.events.isEmpty))
            return facts.steps.count - 1
        }
    }

    /// Whether what a store came back with is the replay of a prefix that holds all that anybody was
    /// told. From here on that prefix is the history.
    func check(_ store: EmbeddedStore) async throws {
        var found: [SubjectID: Subject] = [:]
        for id in subjects { found[id] = try await store.read(id).value }
        let letters = Set(store.waiting.map(\.id))
        let keys = facts.withLock { facts -> [(subject: SubjectID, key: IdempotencyKey)] in
            judge(&facts, found, letters)
            return facts.keys
        }
        for (subject, key) in keys {
            let answer: Answer<RequestReset.Reply> = try await store.transact(
                subject, idempotency: key
            ) { _, _ in
                Issue.record("an answered call was done again")
                return .refused(.accountUnknown)
            }
            #expect(answer.reply != nil)
        }
        let accounts = found.values.count { $0.account != nil }
        #expect(store.status().accounts == accounts)
        #expect(store.recipes() == found.values.recipes)
    }

    private func judge(
        _ facts: inout Facts, _ found: [SubjectID: Subject], _ letters: Set<LetterID>
    ) {
        facts.steps.removeAll(where: \.isVoid)
        let told = (facts.steps.lastIndex(where: \.isAcknowledged) ?? -1) + 1
        var state = Dictionary(uniqueKeysWithValues: subjects.map { ($0, Subject(id: $0)) })
        var queued: Set<LetterID> = []
        var kept: Int?
        for length in 0...facts.steps.count {
            if length > 0 { Self.apply(facts.steps[length - 1], &state, &queued) }
            let fits =
                state == found && letters.isSubset(of: queued)
                && queued.subtracting(letters).isSubset(of: facts.settled)
            if fits, length >= told { kept = length }
        }
        guard let kept else {
            Issue.record("no prefix of \(told) to \(facts.steps.count) steps leads to this state")
            return
        }
        #expect(facts.settledDurably.intersection(letters).isEmpty)
        facts.steps.removeLast(facts.steps.count - kept)
        for index in facts.steps.indices { facts.steps[index].isAcknowledged = true }
        facts.settled.subtract(letters)
        facts.settledDurably = facts.settled
    }

    private static func apply(
        _ step: Step, _ state: inout [SubjectID: Subject], _ queued: inout Set<LetterID>
    ) {
        queued.formUnion(step.letters.map(\.id))
        guard var subject = state[step.subject] else { return }
        for event in step.events { subject.apply(event, at: step.at) }
        state[step.subject] = subject.isEmpty(at: step.at) ? Subject(id: subject.id) : subject
    }
}

extension Sequence<Subject> {
    /// How many passwords of theirs were made in which way.
    var recipes: [PasswordRecord.Recipe: Int] {
        reduce(into: [:]) { counts, subject in
            if let recipe = subject.account?.password?.recipe { counts[recipe, default: 0] += 1 }
        }
    }
}
