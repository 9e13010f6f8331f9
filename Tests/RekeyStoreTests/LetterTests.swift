import RekeyCore
import RekeyJournal
import RekeySimulation
import Testing

@testable import RekeyStore

@Suite("Letters that wait")
struct LetterTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private let id = SubjectID(rawValue: 77)
    private var generator = SeededGenerator(seed: 1)

    private func due(_ store: EmbeddedStore, _ limit: Int = 100) async throws -> [LetterID] {
        try await store.letters(due: limit).letters.map(\.id)
    }

    @Test("Letters come in the order in which they are due, each once until it is settled")
    mutating func order() async throws {
        let store = try Bench.make(disk, time)
        var queued: [LetterID] = []
        for _ in 0..<20 {
            let draw = Draw(&generator)
            try await store.requestReset(generator.id(), draw)
            queued += [draw.letters.first, draw.letters.second].sorted()
            time.advance(by: .milliseconds(1))
        }
        #expect(try await due(store, 15) == Array(queued.prefix(15)))
        #expect(try await due(store, 100) == Array(queued.dropFirst(15)))
        let none = try await store.letters(due: 100)
        #expect(none.letters.isEmpty && none.next == nil)
        #expect(store.status().lettersWaiting == 40)
    }

    @Test("A letter that failed comes again when it said, with one attempt more")
    mutating func again() async throws {
        let store = try Bench.make(disk, time)
        try await store.requestReset(id, Draw(&generator))
        let letters = try await store.letters(due: 2).letters
        try store.settle([(letters[0], .gone)])
        try store.settle([(letters[1], .again(at: time.wall() + .seconds(5)))])
        let waiting = try await store.letters(due: 2)
        #expect(waiting.letters.isEmpty)
        #expect(waiting.next == time.wall() + .seconds(5))
        time.advance(by: .seconds(5) - .milliseconds(1))
        #expect(try await due(store).isEmpty)
        time.advance(by: .milliseconds(1))
        var expected = letters[1]
        expected.attempts = 1
        expected.nextAttempt = time.wall()
        #expect(try await store.letters(due: 2).letters == [expected])
        try store.close()
        #expect(try await Bench.open(disk, time).letters(due: 2).letters == [expected])
    }

    @Test("R03: a letter is given out only when the step that queued it is durable")
    mutating func durable() async throws {
        let store = try Bench.make(disk, time)
        let draw = Draw(&generator)
        let gate = Gate(on: disk)
        var arrivals = store.letterArrivals.makeAsyncIterator()
        await arrivals.next()
        gate.close()
        let id = id
        let request = Pending { try await store.requestReset(id, draw) }
        #expect(try await due(store).isEmpty)
        #expect(store.status().lettersWaiting == 2)
        gate.open()
        await arrivals.next()
        #expect(try await Set(due(store)) == [draw.letters.first, draw.letters.second])
        _ = try await request.value
    }

    @Test("R01: stand-ins are given out like letters, and shown to nobody")
    mutating func standIns() async throws {
        let store = try Bench.make(disk, time)
        let known: SubjectID = generator.id()
        try await store.createAccount(known, Draw(&generator))
        let (real, standIn) = (Draw(&generator), Draw(&generator))
        try await store.requestReset(known, real)
        try await store.requestReset(id, standIn)
        let listed = try await store.letters(after: nil, limit: 100)
        #expect(listed.count == 4)
        #expect(listed.allSatisfy { $0.kind != nil && $0.subject == known })
        let given = try await due(store)
        #expect(given.count == 6)
        #expect(given.contains(standIn.letters.first) && given.contains(standIn.letters.second))
    }

    @Test("Pages of letters ascend without gaps or doubles", arguments: [1, 7, 1000])
    mutating func pages(size: Int) async throws {
        let store = try Bench.make(disk, time)
        for _ in 0..<40 { try await store.createAccount(generator.id(), Draw(&generator)) }
        var seen: [LetterID] = []
        while true {
            let page = try await store.letters(after: seen.last, limit: size)
            #expect(page.count <= size)
            if page.isEmpty { break }
            seen += page.map(\.id)
        }
        #expect(seen == store.waiting.map(\.id).sorted())
        #expect(seen.count == 80)
    }

    @Test("At the limit of waiting letters a call is refused and nothing changes")
    mutating func backlog() async throws {
        var policy = Policy()
        policy.lettersDueMax = 5
        try Bench.create(on: disk)
        let store = try Bench.open(disk, time, policy: policy)
        let known: SubjectID = generator.id()
        try await store.createAccount(known, Draw(&generator))
        try await store.requestReset(generator.id(), Draw(&generator))
        let before = try await store.read(known).value
        let appended = store.lastAppended
        for (id, key) in [(known, nil), (id, nil), (known, Bench.key(1))] {
            await #expect(throws: StoreError.lettersBacklog) {
                try await store.requestReset(id, Draw(&generator), key: key)
            }
        }
        #expect(store.lastAppended == appended)
        #expect(try await store.read(known).value == before)
        #expect(try await store.read(id).value == Subject(id: id))
        #expect(store.status().lettersWaiting == 4)

        // Other calls go on, and there is room again when a letter has gone.
        try await store.login(known, password: false, Draw(&generator))
        try store.settle([(try #require(try await store.letters(due: 1).letters.first), .gone)])
        let answer = try await store.requestReset(known, Draw(&generator), key: Bench.key(1))
        #expect(answer.reply != nil)
    }

    @Test("A letter survives a crash exactly as long as it is not settled durably")
    mutating func crash() async throws {
        let store = try Bench.make(disk, time)
        for _ in 0..<2 { try await store.requestReset(generator.id(), Draw(&generator)) }
        let letters = try await store.letters(due: 4).letters
        try store.settle([(letters[0], .gone)])
        // Whatever comes after a settlement is durable after it.
        try await store.login(id, password: false, Draw(&generator))
        let gate = Gate(on: disk)
        gate.close()
        try store.settle([(letters[1], .gone)])
        #expect(store.status().lettersWaiting == 2)
        let survivor = disk.crash(keeping: &generator)
        gate.open()
        let again = try Bench.open(survivor, time)
        let kept = again.waiting.map(\.id).sorted()
        #expect(kept.contains(letters[2].id) && kept.contains(letters[3].id))
        #expect(!kept.contains(letters[0].id))
        #expect(try await Set(due(again)) == Set(kept), "what a courier had is given out again")
    }

    @Test("Letters that came back together are settled together, more than a record takes too")
    mutating func together() async throws {
        let store = try Bench.make(disk, time)
        for _ in 0..<3 { try await store.requestReset(generator.id(), Draw(&generator)) }
        let letters = try await store.letters(due: 6).letters
        let later = time.wall() + .seconds(5)
        var settled: [(letter: Letter, settlement: LetterSettlement)] = letters.map { ($0, .gone) }
        settled[1].settlement = .again(at: later)
        // Nobody else's letters, so that one step has more than any record holds.
        while settled.count <= 2 * Settlements.countMax {
            var other = letters[0]
            other.id = generator.id()
            settled.append((other, .gone))
        }
        try store.settle(settled)
        #expect(store.waiting.map(\.id) == [letters[1].id])
        try store.close()
        let again = try Bench.open(disk, time)
        #expect(again.waiting.map(\.id) == [letters[1].id])
        #expect(again.waiting.map(\.nextAttempt) == [later])
    }

    @Test("A letter whose settlement found no room in the log is not forgotten")
    mutating func overloaded() async throws {
        try Bench.create(on: disk)
        let options = JournalOptions(segmentBytes: 1 << 16, batchBytes: 1 << 12)
        let store = try Bench.open(disk, time, options: options)
        try await store.requestReset(id, Draw(&generator))
        let letters = try await store.letters(due: 2).letters
        let gate = Gate(on: disk)
        gate.close()
        let id = id
        // The log is as full as it gets once the commit thread has taken the first batch away.
        let first = Draw(&generator)
        var waiting = [Pending { try await store.requestReset(id, first) }]
        await gate.arrival()
        while waiting.last?.hasAnswered != true {
            let draw = Draw(&generator)
            waiting.append(Pending { try await store.requestReset(id, draw) })
        }
        await #expect(throws: StoreError.overloaded) { try await waiting.removeLast().value }
        let at = time.wall() + .seconds(5)
        // A settlement is smaller than a request: the other letter's take the room that is left.
        while (try? store.settle([(letters[1], .again(at: at))])) != nil {}
        #expect(throws: StoreError.overloaded) { try store.settle([(letters[0], .again(at: at))]) }
        gate.open()
        for request in waiting { _ = try await request.value }
        time.advance(by: .seconds(5))
        #expect(try await due(store).contains(letters[0].id))
    }

    @Test("Arrivals fire when a letter was queued and when one is to be tried again")
    mutating func arrivals() async throws {
        let store = try Bench.make(disk, time)
        var arrivals = store.letterArrivals.makeAsyncIterator()
        await arrivals.next()
        try await store.requestReset(id, Draw(&generator))
        await arrivals.next()
        let letter = try #require(try await store.letters(due: 1).letters.first)
        try store.settle([(letter, .again(at: time.wall() + .seconds(1)))])
        await arrivals.next()
    }

    @Test("The queue does not grow with attempts")
    func bounded() {
        var outbox = Outbox()
        var generator = SeededGenerator(seed: 1)
        var letter = generator.letter()
        letter.attempts = 0
        letter.nextAttempt = time.wall()
        outbox.add(letter, sequence: 0)
        for attempt in 1...50 {
            let now = time.wall() + .seconds(attempt)
            #expect(outbox.takeDue(10, now: now, durable: 0).map(\.attempts) == [attempt - 1])
            outbox.settle(letter.id, .again(at: now + .seconds(1)))
        }
        #expect(outbox.nextDue == time.wall() + .seconds(51))
        outbox.settle(letter.id, .gone)
        #expect(outbox.takeDue(10, now: time.wall() + .hours(1), durable: 0).isEmpty)
        #expect(outbox.nextDue == nil)
        #expect(outbox.count == 0)
    }
}
