import Dispatch
import Glibc
import RekeyCore
import RekeyJournal
import RekeySimulation
import Testing

@testable import RekeyStore

@Suite("Checkpoints")
struct CheckpointTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private var generator = SeededGenerator(seed: 1)

    /// What a store knows, as far as calls can see it.
    private struct State: Equatable {
        var subjects: [Subject] = []
        var letters: [LetterID: Letter] = [:]
        var accounts = 0
    }

    private func state(
        _ store: EmbeddedStore, _ ids: [SubjectID]
    ) async throws -> State {
        var state = State()
        for id in ids { state.subjects.append(try await store.read(id).value) }
        state.letters = Dictionary(uniqueKeysWithValues: store.waiting.map { ($0.id, $0) })
        state.accounts = store.status().accounts
        return state
    }

    /// Subjects of all kinds, spread over all pages.
    private mutating func fill(_ store: EmbeddedStore, count: Int) async throws -> [SubjectID] {
        var ids: [SubjectID] = []
        for number in 0..<count {
            let id: SubjectID = generator.id()
            let draw = Draw(&generator)
            if number % 3 > 0 { try await store.createAccount(id, draw, key: Bench.key(number)) }
            if number % 3 > 1 {
                try await store.activate(id, draw.reset, code: true, Draw(&generator))
                try await store.login(id, password: number % 2 == 0, Draw(&generator))
            }
            try await store.requestReset(id, Draw(&generator))
            time.advance(by: .milliseconds(7))
            ids.append(id)
        }
        return ids
    }

    private func checkpoints() -> [String] {
        disk.contents.keys.filter { $0.hasSuffix(".checkpoint") }.sorted()
    }

    @Test("A store comes back from a checkpoint as it was, and time does not run back")
    mutating func comesBack() async throws {
        let store = try Bench.make(disk, time)
        let ids = try await fill(store, count: 300)
        let taken = try await store.letters(due: 5).letters
        for letter in taken { try store.settle([(letter, .gone)]) }
        try store.writeCheckpoint()
        let before = try await state(store, ids)
        let now = store.status().now
        try store.close()

        let behind = SimulatedTime(wall: Timestamp(milliseconds: 0))
        let again = try Bench.open(disk, behind, accepting: .behind)
        #expect(again.recovered.checkpoint != nil)
        #expect(again.status().now == now)
        #expect(try await state(again, ids) == before)
        #expect(before.accounts == 200)
        try again.writeCheckpoint()
        try again.close()
        #expect(try await state(try Bench.open(disk, time), ids) == before)
    }

    @Test("What is written while a checkpoint is being made is neither lost nor done twice")
    mutating func meanwhile() async throws {
        let store = try Bench.make(disk, time)
        let ids = try await fill(store, count: 60)
        // Another request rides in while the first chunk, the middle and the footer are written.
        let (writes, write) = AsyncStream<Void>.makeStream()
        let go = DispatchSemaphore(value: 0)
        disk.watch { operation, path in
            guard operation == .write, path.contains("/checkpoint/") else { return }
            write.yield()
            go.wait()
        }
        let done = Pending { try await onThread { try store.writeCheckpoint() } }
        let finished = Task {
            defer { write.finish() }
            try await done.value
        }
        time.advance(by: .minutes(2))
        var number = 0
        for await _ in writes {
            if number < ids.count {
                try await store.requestReset(ids[number], Draw(&generator))
                try await store.createAccount(generator.id(), Draw(&generator))
                number += 1
            }
            go.signal()
        }
        try await finished.value
        #expect(number > 20)
        disk.watch(nil)
        let before = try await state(store, ids)
        try store.close()
        let again = try Bench.open(disk, time)
        #expect(again.recovered.checkpoint != nil)
        #expect(try await state(again, ids) == before)
    }

    @Test("What joins the batch that a checkpoint ends in is neither lost nor done twice")
    mutating func sameBatch() async throws {
        let asked = Asked(time)
        let store = try Bench.make(disk, asked)
        let ids = try await fill(store, count: 3)
        let draws = (0..<4).map { _ in Draw(&generator) }
        let gate = Gate(on: disk)
        gate.close()
        // One sync is held, so that all that follows shares the next batch.
        let held = Pending { try await store.requestReset(SubjectID(rawValue: 5), draws[0]) }
        await gate.arrival()
        let earlier = Pending { try await store.login(ids[0], password: false, draws[1]) }
        let times = asked.listen()
        let done = Pending { try await onThread { try store.writeCheckpoint() } }
        for await _ in times { break }
        // The checkpoint has what it takes; these two come after it.
        let later = [
            Pending { try await store.login(ids[0], password: false, draws[2]) },
            Pending { try await store.login(ids[1], password: false, draws[3]) },
        ]
        gate.open()
        _ = try await (held.value, earlier.value, later[0].value, later[1].value)
        try await done.value
        let before = try await state(store, ids)
        #expect(before.subjects.map(\.traffic.loginFailures) == [2, 1, 0])
        try store.close()
        let again = try Bench.open(disk, time)
        #expect(again.recovered.checkpoint != nil)
        #expect(try await state(again, ids) == before)
    }

    @Test(
        "R17, R54: spent links stay spent and failures stay counted after a restart",
        arguments: [false, true])
    mutating func counts(checkpointed: Bool) async throws {
        var store = try Bench.make(disk, time)
        let id: SubjectID = generator.id()
        let draw = Draw(&generator)
        try await store.createAccount(id, draw)
        for _ in 0..<3 { try await store.login(id, password: false, Draw(&generator)) }
        let second = Draw(&generator)
        try await store.requestReset(id, second)
        try await store.activate(id, second.reset, code: false, Draw(&generator))
        func restart() throws {
            if checkpointed { try store.writeCheckpoint() }
            try store.close()
            store = try Bench.open(disk, time)
        }
        try restart()
        let subject = try await store.read(id).value
        #expect(subject.traffic.loginFailures == 3)
        #expect(subject.account?.wrongCodes.count == 1)
        #expect(subject.account?.resets.map(\.wrongCodes) == [0, 1])

        let finished = try await store.activate(id, draw.reset, code: true, Draw(&generator))
        #expect(finished.reply != nil)
        try restart()
        #expect(try await store.read(id).value.traffic.loginFailures == 0)
        for reset in [draw.reset, second.reset] {
            let again = try await store.activate(id, reset, code: true, Draw(&generator))
            #expect(again.reason == .activationRefused)
        }
    }

    @Test(
        "A checkpoint that fails loses nothing, and the next one succeeds",
        arguments: [SimulatedDisk.Operation.open, .sync, .rename, .syncDirectory])
    mutating func failing(operation: SimulatedDisk.Operation) async throws {
        let store = try Bench.make(disk, time)
        var ids = try await fill(store, count: 20)
        // Nothing but a checkpoint does these while a segment has room.
        disk.fail(operation, errno: ENOSPC)
        #expect(throws: (any Error).self) { try store.writeCheckpoint() }
        ids += try await fill(store, count: 20)
        let before = try await state(store, ids)
        let survivor = disk.crash(keeping: &generator)
        var again = try Bench.open(survivor, time)
        #expect(try await state(again, ids) == before)

        try again.writeCheckpoint()
        try again.close()
        again = try Bench.open(survivor, time)
        #expect(again.recovered.checkpoint != nil)
        #expect(try await state(again, ids) == before)
    }

    @Test("A checkpoint is given up when the log lost what it has taken")
    mutating func lost() async throws {
        let asked = Asked(time)
        let store = try Bench.make(disk, asked)
        let ids = try await fill(store, count: 3)
        let draw = Draw(&generator)
        let gate = Gate(on: disk)
        gate.close()
        disk.fail(.syncData, errno: EIO)
        let write = Pending { try await store.login(ids[0], password: false, draw) }
        let times = asked.listen()
        let done = Pending { try await onThread { try store.writeCheckpoint() } }
        for await _ in times { break }
        gate.open()
        await #expect(throws: StoreError.outcomeUnknown) { try await write.value }
        await #expect(throws: StoreError.unavailable) { try await done.value }
        #expect(checkpoints().isEmpty)
    }

    @Test("A checkpoint is made when the log has grown, and not before")
    mutating func due() async throws {
        try Bench.create(on: disk)
        var store = try Bench.open(disk, time, checkpointBytes: 1 << 17)
        _ = try await fill(store, count: 5)
        try store.close()
        #expect(checkpoints().isEmpty)
        store = try Bench.open(disk, time, checkpointBytes: 1 << 17)
        while store.status().logBytesSinceCheckpoint < 1 << 17, checkpoints().isEmpty {
            _ = try await fill(store, count: 1)
        }
        // The last batch may have been counted before it was asked whether one is due.
        _ = try await fill(store, count: 1)
        try store.close()
        #expect(checkpoints().count == 1)
    }

    @Test("A checkpoint that failed is tried again only when the log has grown on")
    mutating func notAtOnce() async throws {
        try Bench.create(on: disk)
        for _ in 0..<100 { disk.fail(.rename, errno: ENOSPC) }
        let (attempts, attempt) = AsyncStream<Void>.makeStream()
        disk.watch { operation, _ in
            if operation == .rename { attempt.yield() }
        }
        let store = try Bench.open(disk, time, checkpointBytes: 1 << 16)
        while store.status().logBytesSinceCheckpoint < 3 << 16 {
            _ = try await fill(store, count: 1)
        }
        try store.close()
        attempt.finish()
        let count = await attempts.reduce(0) { count, _ in count + 1 }
        #expect((1...3).contains(count))
    }
}

/// Blocking work on a thread of its own.
private func onThread(_ work: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue(label: "test").async {
            continuation.resume(with: Result { try work() })
        }
    }
}
