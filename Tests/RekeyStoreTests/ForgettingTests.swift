import RekeyCore
import RekeySimulation
import Synchronization
import Testing

@testable import RekeyStore

@Suite("Nothing is kept of strangers' typing")
struct ForgettingTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private var generator = SeededGenerator(seed: 1)

    private func rows(_ store: EmbeddedStore, _ ids: [SubjectID]) -> Int {
        store.tables.withLock { tables in ids.count { tables.rows[$0] != nil } }
    }

    @Test(
        "R88: a subject about which nothing is known leaves the table a day later",
        arguments: [false, true])
    mutating func leaves(restarted: Bool) async throws {
        var store = try Bench.make(disk, time)
        let (account, ids) = (
            generator.id(SubjectID.self), generator.list(200...200) { $0.id() as SubjectID }
        )
        try await store.createAccount(account, Draw(&generator))
        for id in ids {
            try await store.requestReset(id, Draw(&generator))
            try await store.login(id, password: false, Draw(&generator))
        }
        time.advance(by: .hours(24) - .milliseconds(1))
        try store.writeCheckpoint()
        #expect(rows(store, ids) == ids.count)
        try await store.login(account, password: false, Draw(&generator))
        time.advance(by: .milliseconds(1))
        try store.writeCheckpoint()
        if restarted {
            try store.close()
            store = try Bench.open(disk, time)
        }
        #expect(rows(store, ids) == 0)
        #expect(rows(store, [account]) == 1)
        #expect(store.status().accounts == 1)
    }

    @Test("What is forgotten is forgotten at the same moment before and after a restart")
    mutating func sameMoment() async throws {
        let store = try Bench.make(disk, time)
        let id: SubjectID = generator.id()
        for _ in 0..<3 { try await store.login(id, password: false, Draw(&generator)) }
        time.advance(by: .hours(24))
        #expect(try await store.read(id).value == Subject(id: id))
        try store.writeCheckpoint()
        try await store.login(id, password: false, Draw(&generator))
        let subject = try await store.read(id).value
        #expect(subject.traffic.loginFailures == 1)
        // From the log alone, where the three failures are still there.
        let log = disk.copy()
        try store.close()
        for path in log.contents.keys where path.hasSuffix(".checkpoint") { try log.unlink(path) }
        #expect(try await Bench.open(log, time).read(id).value == subject)
        #expect(try await Bench.open(disk, time).read(id).value == subject)
    }

    @Test("R89: a deleted account leaves the table a day later")
    mutating func deleted() async throws {
        let store = try Bench.make(disk, time)
        let id: SubjectID = generator.id()
        try await store.createAccount(id, Draw(&generator))
        try await store.requestReset(id, Draw(&generator))
        try await store.delete(id, Draw(&generator))
        #expect(store.status().accounts == 0)
        #expect(try await store.read(id).value.account == nil)
        #expect(rows(store, [id]) == 1, "its limits still count")
        time.advance(by: .hours(24))
        try store.writeCheckpoint()
        #expect(rows(store, [id]) == 0)
    }

    @Test("R89: an account that was in use leaves the disk when its deletion stands")
    mutating func deletedInUse() async throws {
        let store = try Bench.make(disk, time)
        let id: SubjectID = generator.id()
        let draw = Draw(&generator)
        try await store.createAccount(id, draw)
        try await store.activate(id, draw.reset, code: true, Draw(&generator))
        let mail = try #require(try await store.read(id).value.account).profile.mail
        func isOnDisk() -> Bool {
            disk.contents.contains { path, bytes in
                path.hasSuffix(".checkpoint") && bytes.firstRange(of: Array(mail.utf8)) != nil
            }
        }
        try await store.delete(id, Draw(&generator))
        #expect(store.status().accounts == 0 && store.recipes() == [:])
        time.advance(by: .hours(24) - .milliseconds(1))
        // What strangers ask for keeps nothing of it.
        try await store.requestReset(id, Draw(&generator))
        try store.writeCheckpoint()
        #expect(isOnDisk())
        time.advance(by: .milliseconds(1))
        // A checkpoint is kept until the second one after it is verified.
        for _ in 0..<3 {
            try await store.requestReset(generator.id(), Draw(&generator))
            try store.writeCheckpoint()
        }
        #expect(!isOnDisk())
        #expect(rows(store, [id]) == 0)
    }

    @Test("Outcomes that are over leave the data with the next checkpoint")
    mutating func outcomes() async throws {
        let store = try Bench.make(disk, time)
        try await store.createAccount(generator.id(), Draw(&generator), key: Bench.key(1))
        time.advance(by: .hours(1))
        try store.writeCheckpoint()
        try store.close()
        let again = try Bench.open(disk, time)
        let kept = again.tables.withLock { $0.outcomes.live(at: Timestamp(milliseconds: 0)) }
        #expect(kept.isEmpty)
    }
}
