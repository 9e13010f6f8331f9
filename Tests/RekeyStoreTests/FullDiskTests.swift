import RekeyCore
import RekeyJournal
import RekeySimulation
import Synchronization
import Testing

@testable import RekeyStore

@Suite("A full disk refuses writes alike, and takes none of what was given")
struct FullDiskTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private var generator = SeededGenerator(seed: 5)
    private let known: SubjectID
    private let session: SessionID

    init() {
        known = generator.id()
        session = generator.id()
    }

    /// A store with one account, logged in, on a disk that is full.
    private mutating func full() async throws -> EmbeddedStore {
        let options = JournalOptions(segmentBytes: 256 << 10, batchBytes: 8 << 10)
        try Bench.create(on: disk, options: options)
        disk.limit(to: disk.bytesUsed + 64 << 10)
        let (news, said) = AsyncStream.makeStream(of: Void.self)
        let store = try Bench.open(
            disk, time, options: options,
            onNotice: { if case .full = $0 { said.yield() } })
        var draw = Draw(&generator)
        let reset = draw.reset
        try await store.createAccount(known, draw)
        draw = Draw(&generator)
        try await store.activate(known, reset, code: true, draw)
        draw.session = session
        try await store.login(known, password: true, draw)
        while !store.status().isFull {
            _ = try? await store.requestReset(generator.id(), Draw(&generator))
        }
        var iterator = news.makeAsyncIterator()
        _ = await iterator.next()
        return store
    }

    @Test("Known and unknown, right and wrong: every write is refused as full")
    mutating func refused() async throws {
        let store = try await full()
        let (unknown, draw): (SubjectID, Draw) = (generator.id(), Draw(&generator))
        for id in [known, unknown] {
            await #expect(throws: StoreError.full) { try await store.requestReset(id, draw) }
            for isRight in [true, false] {
                await #expect(throws: StoreError.full) {
                    try await store.login(id, password: isRight, draw)
                }
                await #expect(throws: StoreError.full) {
                    try await store.activate(id, draw.reset, code: isRight, draw)
                }
            }
        }
        await #expect(throws: StoreError.full) { try await store.createAccount(unknown, draw) }
        try store.close()
    }

    @Test("Reads go on: accounts are read and sessions checked")
    mutating func reads() async throws {
        let store = try await full()
        #expect(try await store.read(known).value.account != nil)
        #expect(try await store.list(after: nil, limit: 10).value.count == 1)
        for _ in 0..<3 {
            time.advance(by: .minutes(2))
            let session = session
            let answer = try await store.transact(known) { subject, now in
                CheckSession.decide(subject, session, Bench.policy, now)
            }
            #expect(answer.reply != nil, "its use keeps it alive, in memory")
        }
        try store.close()
    }

    @Test("Logout, RevokeSessions and DisableAccount are done, and are durable")
    mutating func reserve() async throws {
        let store = try await full()
        let (id, session) = (known, session)
        let out = try await store.transact(id, idempotency: nil) { subject, _ in
            Logout.decide(subject, session)
        }
        #expect(out.reply != nil)
        let revoked = try await store.transact(id, idempotency: Bench.key(1)) { subject, now in
            RevokeSessions.decide(subject, Bench.policy, now)
        }
        #expect(revoked.reply != nil)
        let disabled = try await store.transact(id, idempotency: nil) { subject, now in
            DisableAccount.decide(subject, Bench.policy, now)
        }
        #expect(disabled.reply != nil)
        await #expect(throws: StoreError.full) {
            try await store.transact(id, idempotency: nil) { subject, now in
                EnableAccount.decide(subject, Bench.policy, now)
            }
        }
        try store.close()
        disk.limit(to: .max)
        let again = try Bench.open(disk, time)
        let account = try #require(try await again.read(id).value.account)
        #expect(account.hold == .disabled)
        try again.close()
    }
}
