import HeapModule
import RekeyCore
import RekeyJournal

/// The letters that wait. Every state a letter can be in stands at `Letter`.
struct Outbox {
    private struct Entry {
        var letter: Letter
        /// Sent only once this is durable.
        var sequence: UInt64
        /// The courier has it.
        var isTaken = false
    }

    /// A place in the queue by time. One that no longer matches its letter is skipped.
    private struct Place: Comparable {
        var at: Timestamp
        var letter: LetterID

        static func < (left: Place, right: Place) -> Bool {
            (left.at, left.letter) < (right.at, right.letter)
        }
    }

    private var entries: [LetterID: Entry] = [:]
    private var queue = Heap<Place>()

    var count: Int { entries.count }
    var letters: [Letter] { entries.values.map(\.letter) }

    mutating func add(_ letter: Letter, sequence: UInt64) {
        entries[letter.id] = Entry(letter: letter, sequence: sequence)
        queue.insert(Place(at: letter.nextAttempt, letter: letter.id))
    }

    /// Takes what is due and durable.
    mutating func takeDue(_ limit: Int, now: Timestamp, durable: UInt64) -> [Letter] {
        var due: [Letter] = []
        var early: [Place] = []
        while due.count < limit, let place = queue.min, place.at <= now {
            queue.removeMin()
            guard var entry = entries[place.letter], !entry.isTaken,
                entry.letter.nextAttempt == place.at
            else { continue }
            guard entry.sequence <= durable || !Tooth.letterWait.holds else {
                early.append(place)
                continue
            }
            entry.isTaken = true
            entries[place.letter] = entry
            due.append(entry.letter)
        }
        for place in early { queue.insert(place) }
        return due
    }

    /// When the next letter becomes due.
    var nextDue: Timestamp? { queue.min?.at }

    mutating func settle(_ id: LetterID, _ settlement: LetterSettlement) {
        guard var letter = entries.removeValue(forKey: id)?.letter else { return }
        guard case .again(let at) = settlement else { return }
        letter.attempts += 1
        letter.nextAttempt = at
        add(letter, sequence: 0)
    }

    /// Letters above `after` by ascending id, each with the sequence it rests on. Looks at all, but
    /// sorts no more than it gives.
    func page(after: LetterID?, limit: Int) -> [(letter: Letter, sequence: UInt64)] {
        var lowest = Heap<LetterID>()
        for (id, entry) in entries where entry.letter.kind != nil && after.map({ id > $0 }) ?? true
        {
            if lowest.count < limit {
                lowest.insert(id)
            } else if let highest = lowest.max, id < highest {
                lowest.replaceMax(with: id)
            }
        }
        return lowest.unordered.sorted().compactMap { id in
            entries[id].map { ($0.letter, $0.sequence) }
        }
    }
}
