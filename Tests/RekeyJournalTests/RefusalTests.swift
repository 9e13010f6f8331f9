import Glibc
import RekeyJournal
import RekeySimulation
import Synchronization
import Testing

struct RefusalTests {
    @Test("A journal that is open is refused to a second opener as locked")
    func locked() throws {
        let (disk, store) = try Store.fresh()
        #expect(disk.refusal()?.code == .locked)
        try store.journal.close()
        #expect(disk.refusal() == nil)
    }

    @Test("Another tag is refused, and nothing is written")
    func otherTag() throws {
        let (disk, store) = try Store.fresh()
        try store.journal.close()
        let before = disk.contents
        #expect(disk.refusal(tag: [9])?.code == .otherTag)
        #expect(disk.contents == before)
    }

    @Test("Another version of the format is refused, and nothing is written")
    func otherVersion() throws {
        let (disk, store) = try Store.fresh()
        try store.journal.close()
        disk.damage("store/manifest") { $0[8] = 2 }
        let before = disk.contents
        let refusal = disk.refusal()
        #expect(refusal?.code == .unknownVersion)
        #expect(refusal?.message.contains("version 2") == true)
        #expect(disk.contents == before)
    }

    @Test("A directory without a journal is refused as not found")
    func notFound() {
        #expect(SimulatedDisk().refusal()?.code == .notFound)
    }

    @Test("A journal is never created over another")
    func exists() throws {
        let (disk, store) = try Store.fresh()
        try store.journal.close()
        let before = disk.contents
        #expect { try Store.create(on: disk) } throws: {
            ($0 as? JournalError)?.code == .alreadyExists
        }
        disk.damage("store/manifest") { $0.removeAll() }
        #expect(disk.refusal()?.code == .corrupt)
        #expect(
            disk.contents.filter { $0.key != "store/manifest" }
                == before.filter { $0.key != "store/manifest" })
    }

    @Test("A log whose manifest was lost is not created over")
    func manifestLost() async throws {
        var (disk, store) = try Store.fresh()
        try await store.add()
        try store.journal.close()
        try disk.unlink("store/manifest")
        #expect { try Store.create(on: disk) } throws: {
            ($0 as? JournalError)?.code == .alreadyExists
        }
    }

    @Test("A full disk at create says so, with errno, operation and path; then create works")
    func fullDisk() throws {
        let disk = SimulatedDisk()
        disk.fail(.write, errno: ENOSPC)
        #expect { try Store.create(on: disk) } throws: { error in
            guard let error = error as? JournalError, let fault = error.fault else { return false }
            return error.code == .disk && fault.errno == ENOSPC && fault.operation == "write"
                && fault.path == "store/log/next.tmp" && error.message.contains("free space")
        }
        try Store.create(on: disk)
        #expect(disk.refusal() == nil)
    }

    @Test("A create that lost power at any step may be made again")
    func interruptedCreate() throws {
        let whole = SimulatedDisk()
        try Store.create(on: whole)
        for step in 1...whole.operations {
            let disk = SimulatedDisk()
            disk.powerOff(afterOperations: step)
            #expect(throws: JournalError.self) { try Store.create(on: disk) }
            var generator = SeededGenerator(seed: UInt64(step))
            let survivor = disk.crash(keeping: &generator)
            if survivor.contents["store/manifest"] == nil { try Store.create(on: survivor) }
            #expect(survivor.refusal() == nil, "step \(step)")
        }
    }

    @Test(
        "A failed write or sync kills the journal: outcome unknown, no append, onFatal once",
        arguments: [SimulatedDisk.Operation.write, .syncData])
    func fatal(operation: SimulatedDisk.Operation) async throws {
        let disk = SimulatedDisk()
        try Store.create(on: disk)
        let deaths = Atomic(0)
        let store = try Store(on: disk, onFatal: { _ in deaths.add(1, ordering: .relaxed) })
        disk.fail(operation, errno: EIO)
        let sequence = try store.journal.append([1])
        await #expect { try await store.journal.untilDurable(sequence) } throws: {
            ($0 as? JournalError)?.code == .outcomeUnknown
        }
        #expect { try store.journal.append([2]) } throws: { ($0 as? JournalError)?.code == .dead }
        #expect { try store.journal.close() } throws: { ($0 as? JournalError)?.code == .dead }
        let count = deaths.load(ordering: .relaxed)
        #expect(count == 1)
        #expect(store.journal.durable < sequence)
    }

    @Test("What the owner throws at a record ends the opening, and nothing is changed")
    func replayRefused() async throws {
        struct Refusal: Error {}
        var (disk, store) = try Store.fresh()
        try await store.add()
        try store.journal.close()
        let before = disk.contents
        #expect {
            try Journal.open(
                directory: Store.directory, disk: disk, tag: Store.tag, restore: { _ in },
                replay: { _, _ in throw Refusal() }, onFatal: { _ in })
        } throws: {
            ($0 as? JournalError)?.code == .replayRefused
                && ($0 as? JournalError)?.cause is Refusal
        }
        #expect(disk.contents == before)
    }
}
