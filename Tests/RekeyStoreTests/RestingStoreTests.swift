import Dispatch
import RekeyCore
import RekeyJournal
import RekeySimulation
import Testing

@testable import RekeyStore

@Suite("A store that no server has open")
struct RestingStoreTests {
    private let disk = SimulatedDisk()
    private let time = SimulatedTime()
    private var generator = SeededGenerator(seed: 1)
    private let newTag: [UInt8] = [8, 8]
    private static let new = "/new"

    /// Where the new ring puts an account, as far as these tests care.
    private func moved(_ id: SubjectID) -> SubjectID { SubjectID(rawValue: ~id.rawValue) }

    private func read<Result>(
        _ body: (inout RestingStore) throws -> Result
    ) throws -> Result {
        try RestingStore.read(directory: Bench.directory, disk: disk, tag: Bench.tag, body)
    }

    /// `Bench.profile` says whose it is.
    /// - Parameter visit: called before each account.
    private func remake(_ visit: () -> Void = {}) throws -> Int {
        try read { store in
            try store.remake(
                in: Self.new, disk: disk, storeID: StoreID(high: 3, low: 4), tag: newTag
            ) { profile in
                visit()
                let id = SubjectID(hexadecimal: String(profile.identifier.dropFirst(2)))
                return moved(try #require(id))
            }
        }
    }

    private func openNew() throws -> EmbeddedStore {
        try EmbeddedStore.open(
            directory: Self.new, disk: disk, options: Bench.large, tag: newTag,
            policy: Bench.policy, time: time, onFatal: { _ in })
    }

    /// One account with everything that an account can have.
    private mutating func fullAccount(
        _ store: EmbeddedStore, key: IdempotencyKey? = nil
    ) async throws -> SubjectID {
        let id: SubjectID = generator.id()
        let first = Draw(&generator)
        try await store.createAccount(id, first, key: key)
        try await store.activate(id, first.reset, code: true, Draw(&generator))
        try await store.login(id, password: true, Draw(&generator))
        let second = Draw(&generator)
        try await store.requestReset(id, second)
        try await store.activate(id, second.reset, code: false, Draw(&generator))
        time.advance(by: .seconds(1))
        return id
    }

    @Test(
        "Made anew: who it is, holds and wrong codes stay; password, sessions, resets, letters go")
    mutating func remade() async throws {
        let store = try Bench.make(disk, time)
        let id = try await fullAccount(store, key: Bench.key(1))
        let locked: SubjectID = generator.id()
        try await store.createAccount(locked, Draw(&generator), key: Bench.key(2))
        _ = try await store.transact(locked, idempotency: nil) { subject, now in
            LockAccount.decide(subject, Bench.policy, now)
        }
        // A stranger, of whom only the keyed hash is known: nobody can say who that would be now.
        try await store.requestReset(generator.id(), Draw(&generator))
        let before = try await store.read(id).value
        let account = try #require(before.account)
        try #require(account.password != nil && account.sessions.count == 1)
        try #require(account.resets.count == 1 && account.wrongCodes.count == 1)
        try #require(store.waiting.count > 0)
        try store.close()

        #expect(try remake() == 2)
        let new = try openNew()
        let after = try #require(try await new.read(moved(id)).value.account)
        #expect(after.profile == account.profile && after.createdAt == account.createdAt)
        #expect(after.mobileConfirmed && after.wrongCodes == account.wrongCodes)
        #expect(after.version > account.version && after.passwordVersion > account.passwordVersion)
        // A desk that changes its contacts now finds it held as any other (R93).
        #expect(after.wasActivated)
        #expect(after.password == nil && after.sessions.isEmpty && after.resets.isEmpty)
        #expect(try await new.read(moved(id)).value.traffic == Traffic())
        #expect(try await new.read(moved(locked)).value.account?.hold == .locked)
        #expect(try await new.read(id).value.account == nil)
        #expect(new.waiting.isEmpty && new.status().accounts == 2)
        #expect(try await new.list(after: nil, limit: 10).value.count == 2)

        // The way back in, and an idempotency key of before stands for nothing.
        let draw = Draw(&generator)
        try await new.requestReset(moved(id), draw, key: Bench.key(1, call: 9))
        #expect(new.waiting.map(\.kind).contains(.recoveryLink))
        try await new.activate(moved(id), draw.reset, code: true, Draw(&generator))
        #expect(try await new.read(moved(id)).value.account?.password != nil)
        try new.close()
        let again = try openNew()
        #expect(try await again.read(moved(id)).value.account?.password != nil)
        try again.close()
    }

    @Test("Reading changes nothing, not even a torn end that a start would put in quarantine")
    mutating func untouched() async throws {
        let store = try Bench.make(disk, time)
        _ = try await fullAccount(store)
        // What was in flight has come to the disk in part.
        let crashed = disk.crash(keeping: &generator)
        crashed.damage("\(Bench.directory)/log/0000000000000001.log") { $0[$0.count - 1] = 1 }
        let before = crashed.contents
        let accounts = try RestingStore.read(
            directory: Bench.directory, disk: crashed, tag: Bench.tag
        ) { $0.accounts }
        #expect(accounts == 1)
        #expect(crashed.contents == before)
        // A start does repair it.
        #expect(try Bench.open(crashed, time).recovered.quarantined.count == 1)
    }

    @Test("From a checkpoint and the log behind it: the same")
    mutating func fromCheckpoint() async throws {
        let store = try Bench.make(disk, time)
        let first = try await fullAccount(store)
        try store.writeCheckpoint()
        let second = try await fullAccount(store)
        try store.close()
        #expect(try read { $0.recipes } == [Bench.password.recipe: 2])
        #expect(try remake() == 2)
        let new = try openNew()
        for id in [first, second] {
            #expect(try await new.read(moved(id)).value.account?.mobileConfirmed == true)
        }
    }

    @Test("R47: each password is counted under the pepper that it names")
    mutating func peppers() async throws {
        let store = try Bench.make(disk, time)
        _ = try await fullAccount(store)
        let pending: SubjectID = generator.id()
        try await store.createAccount(pending, Draw(&generator))
        let renewed = try await fullAccount(store)
        var record = Bench.password
        record.pepper = 2
        let rehashed = record
        _ = try await store.transact(renewed) { _, _ in
            Decision(.reply(()), events: [.passwordRehashed(rehashed)])
        }
        try store.close()
        #expect(try read { $0.recipes } == [Bench.password.recipe: 1, rehashed.recipe: 1])
    }

    @Test("No server can open it meanwhile, and while one has it open it cannot be read")
    mutating func locked() async throws {
        let store = try Bench.make(disk, time)
        #expect(throws: JournalError.self) { try read { $0.accounts } }
        try store.close()
        try read { _ in
            do {
                _ = try Bench.open(disk, time)
                Issue.record("a server opened it")
            } catch {
                #expect((error as? JournalError)?.code == .locked)
            }
        }
        try Bench.open(disk, time).close()
    }

    @Test("What the body throws comes out, and the store can be opened afterwards")
    mutating func thrown() async throws {
        struct Mine: Error {}
        try Bench.make(disk, time).close()
        #expect(throws: Mine.self) { try read { _ in throw Mine() } }
        try Bench.open(disk, time).close()
    }

    @Test("Service time does not run back, though the wall clock was set back meanwhile")
    mutating func serviceTime() async throws {
        let store = try Bench.make(disk, time)
        time.advance(by: .hours(1))
        _ = try await fullAccount(store)
        let newest = store.status().now
        try store.close()
        #expect(try remake() == 1)
        time.setWall(time.wall() - .minutes(4))
        let new = try openNew()
        #expect(new.status().now >= newest - .seconds(1))
    }

    @Test("More accounts than a batch holds, on a slow disk: all are there, and each once")
    mutating func many() async throws {
        let store = try Bench.make(disk, time)
        var ids: [SubjectID] = []
        for _ in 0..<9000 {
            let id: SubjectID = generator.id()
            try await store.createAccount(id, Draw(&generator))
            ids.append(id)
        }
        try store.close()
        // One sync takes longer than the next batch takes to fill.
        let gate = Gate(on: disk)
        var isClosed = false
        let count = try remake {
            guard !isClosed else { return }
            isClosed = true
            gate.close()
            DispatchQueue.global().asyncAfter(deadline: .now() + 2) { gate.open() }
        }
        #expect(count == ids.count)
        let new = try openNew()
        #expect(new.status().accounts == ids.count)
        for id in ids where id.rawValue % 100 == 0 {
            #expect(try await new.read(moved(id)).value.account?.profile == Bench.profile(id))
        }
    }

    @Test("Without room the new store is not finished, and says so; the old one is as it was")
    mutating func full() async throws {
        let store = try Bench.make(disk, time)
        _ = try await fullAccount(store)
        try store.close()
        let before = disk.contents
        disk.limit(to: disk.bytesUsed + (1 << 20))
        #expect(throws: JournalError.self) { try remake() }
        #expect(disk.contents.filter { $0.key.hasPrefix(Bench.directory) } == before)
    }

    @Test("Two accounts under one identifier are not made one")
    mutating func collision() async throws {
        let store = try Bench.make(disk, time)
        _ = try await fullAccount(store)
        _ = try await fullAccount(store)
        try store.close()
        #expect(throws: StoreError.self) {
            try read {
                try $0.remake(
                    in: Self.new, disk: disk, storeID: StoreID(high: 3, low: 4), tag: newTag
                ) { _ in SubjectID(rawValue: 1) }
            }
        }
    }
}
