// What was decided on a store, in order, and what its tables are after each step. Pure but for a lock.
import RekeyCore
import RekeyStore
import Synchronization

/// The transactions of a run, as they went into the log.
final class StoreHistory: Sendable {
    struct Step {
        var subject: SubjectID
        var at: Timestamp
        var events: [Event] = []
        var letters: [Letter] = []
        var key: IdempotencyKey?
        var settled: (letter: LetterID, settlement: LetterSettlement)?
    }

    /// All that public reads show.
    struct Tables: Hashable {
        var subjects: [Subject]
        /// By id, without stand-ins.
        var letters: [Letter]
        var waiting: Int
    }

    private let state = Mutex<[Step]>([])

    var steps: [Step] { state.withLock { $0 } }
    var count: Int { state.withLock { $0.count } }

    func add(_ step: Step) { state.withLock { $0.append(step) } }

    /// The lengths of history that lead to the same tables, ascending.
    func lengths(_ subjects: [SubjectID]) -> [Tables: [Int]] {
        var state = Dictionary(uniqueKeysWithValues: subjects.map { ($0, Subject(id: $0)) })
        var letters: [LetterID: Letter] = [:]
        var lengths: [Tables: [Int]] = [:]
        for length in 0...count {
            if length > 0 { Self.apply(steps[length - 1], &state, &letters) }
            let tables = Tables(
                subjects: subjects.compactMap { state[$0] },
                letters: letters.values.filter { $0.kind != nil }.sorted { $0.id < $1.id },
                waiting: letters.count)
            lengths[tables, default: []].append(length)
        }
        return lengths
    }

    private static func apply(
        _ step: Step, _ state: inout [SubjectID: Subject], _ letters: inout [LetterID: Letter]
    ) {
        if var subject = state[step.subject], !step.events.isEmpty {
            for event in step.events { subject.apply(event, at: step.at) }
            state[step.subject] = subject.isEmpty(at: step.at) ? Subject(id: subject.id) : subject
        }
        for letter in step.letters { letters[letter.id] = letter }
        guard let (id, settlement) = step.settled else { return }
        switch settlement {
        case .gone: letters[id] = nil
        case .again(let at):
            letters[id]?.attempts += 1
            letters[id]?.nextAttempt = at
        }
    }
}
