// A journal or store as real code left it, and how to open it: what the damage is done to.
import RekeyCore
import RekeyJournal
import RekeySimulation
import RekeyStore
import Synchronization

/// One directory, closed by everybody.
struct Specimen: Sendable {
    /// What an opening brings back, comparable: the records, or the rows that public reads show.
    enum Content: Equatable {
        case records([[UInt8]])
        case subjects([Subject])
    }

    let name: String
    let image: DiskImage
    let content: Content
    /// The same without the last batch, where that batch may be taken for one in flight.
    let withoutLast: Content?
    /// Files that pruning removed: an older checkpoint to put back.
    let pruned: [String: [UInt8]]
    /// The files of the same store after it went on otherwise from an earlier state, as one that was
    /// restored from a copy does.
    var fork: [String: [UInt8]] = [:]
    private let opening: @Sendable (SimulatedDisk) throws -> Content

    func open(_ disk: SimulatedDisk) throws -> Content { try opening(disk) }

    static func all(seed: UInt64) throws -> [Specimen] {
        [
            try journal("closed", seed, .closed, checkpoints: 0),
            try journal("floor", seed, .floor, checkpoints: 0),
            try journal("in flight", seed, .inFlight, checkpoints: 0),
            try journal("checkpoints", seed, .closed, checkpoints: 3),
            try forked(seed),
            try store(seed),
        ]
    }

    // MARK: the journal

    private enum Ending { case closed, floor, inFlight }

    private static let directory = "store"
    private static let tag: [UInt8] = [1, 2, 3]
    private static let storeID = StoreID(high: 3, low: 4)
    private static let options = JournalOptions(segmentBytes: 20 << 10, batchBytes: 8 << 10)

    private static func journal(
        _ name: String, _ seed: UInt64, _ ending: Ending, checkpoints: Int
    ) throws -> Specimen {
        var generator = SeededGenerator(seed: seed)
        let disk = SimulatedDisk()
        let atFloor = FloorWatch(disk)
        try Journal.create(
            directory: directory, disk: disk, options: options, storeID: storeID, tag: tag)
        let (journal, _) = try openJournal(disk)
        var records: [[UInt8]] = []
        var pruned: [String: [UInt8]] = [:]
        for index in 0..<4 + 3 * checkpoints {
            let length = Int.random(in: 300...4400, using: &generator)
            let record = (0..<length).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            records.append(record)
            let isLast = index + 1 == 4 + 3 * checkpoints
            let durable = Waiter()
            journal.whenDurable(try journal.append(record)) { _ in
                if isLast { atFloor.arm() }
                durable.signal()
            }
            try durable.wait("a record")
            guard checkpoints > 0, index % 3 == 2, index < 3 * checkpoints else { continue }
            let before = disk.image.files.filter { $0.key.contains("/checkpoint/") }
            let writer = try journal.beginCheckpoint(at: journal.durable)
            try writer.append(records.flatMap(framed))
            try writer.finish()
            let after = disk.image.files
            pruned.merge(before.filter { after[$0.key] == nil }) { $1 }
        }
        let image: DiskImage
        switch ending {
        case .closed:
            try journal.close()
            image = disk.image
        case .floor:
            image = try atFloor.imageAfterFloor()
        case .inFlight:
            image = try atFloor.imageBeforeFloor()
        }
        var withoutLast: Content?
        if case .inFlight = ending { withoutLast = .records(records.dropLast()) }
        return Specimen(
            name: name, image: image, content: .records(records), withoutLast: withoutLast,
            pruned: pruned, opening: { .records(try openJournal($0).records) })
    }

    /// Records of one block each, so that those of either history have their places in the other.
    private static func forked(_ seed: UInt64) throws -> Specimen {
        func goOn(_ disk: SimulatedDisk, _ seed: UInt64) throws -> DiskImage {
            var generator = SeededGenerator(seed: seed)
            let (journal, _) = try openJournal(disk)
            for _ in 0..<5 {
                let record = (0..<2000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                let durable = Waiter()
                journal.whenDurable(try journal.append(record)) { _ in durable.signal() }
                try durable.wait("a record")
            }
            try journal.close()
            return disk.image
        }
        let disk = SimulatedDisk()
        try Journal.create(
            directory: directory, disk: disk, options: options, storeID: storeID, tag: tag)
        let start = try goOn(disk, seed)
        let image = try goOn(SimulatedDisk(start), seed &+ 1)
        let other = try goOn(SimulatedDisk(start), seed &+ 2)
        let opening: @Sendable (SimulatedDisk) throws -> Content = {
            .records(try openJournal($0).records)
        }
        return Specimen(
            name: "forked", image: image, content: try opening(SimulatedDisk(image)),
            withoutLast: nil, pruned: [:], fork: other.files, opening: opening)
    }

    /// A disk that spoils every checkpoint but the first while it is written: none of them may let an
    /// older file go.
    static func spoiled(seed: UInt64) throws {
        let disk = SimulatedDisk()
        try Journal.create(
            directory: directory, disk: disk, options: options, storeID: storeID, tag: tag)
        let (journal, _) = try openJournal(disk)
        var generator = SeededGenerator(seed: seed)
        var records: [[UInt8]] = []
        for round in 0..<5 {
            for _ in 0..<4 {
                let record = (0..<3000).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
                records.append(record)
                let durable = Waiter()
                journal.whenDurable(try journal.append(record)) { _ in durable.signal() }
                try durable.wait("a record")
            }
            if round == 1 {
                disk.watch { [weak disk] operation, path in
                    guard operation == .rename, path.contains("/checkpoint/") else { return }
                    disk?.damage(path) { $0[5000] ^= 1 }
                }
            }
            let writer = try journal.beginCheckpoint(at: journal.durable)
            try writer.append(records.flatMap(framed))
            do throws(JournalError) {
                try writer.finish()
            } catch {
                guard round > 0, error.code == .corrupt else { throw error }
            }
        }
        disk.watch(nil)
        try journal.close()
        guard try openJournal(disk).records == records else {
            throw Lost(description: "another state when checkpoints were spoiled as they went")
        }
    }

    private struct Lost: Error, CustomStringConvertible {
        let description: String
    }

    private static func openJournal(
        _ disk: SimulatedDisk
    ) throws -> (journal: Journal, records: [[UInt8]]) {
        var records: [[UInt8]] = []
        let journal = try Journal.open(
            directory: directory, disk: disk, options: options, tag: tag,
            restore: { chunk in
                var offset = 0
                while offset < chunk.count {
                    let length = Int(chunk.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                    records.append(Array(chunk[offset + 4..<offset + 4 + length]))
                    offset += 4 + length
                }
            },
            replay: { records.append(Array($1)) }, onFatal: { _ in })
        return (journal, records)
    }

    private static func framed(_ record: [UInt8]) -> [UInt8] {
        withUnsafeBytes(of: UInt32(record.count), Array.init) + record
    }

    // MARK: the store

    private static func store(_ seed: UInt64) throws -> Specimen {
        let disk = SimulatedDisk()
        let options = JournalOptions(segmentBytes: 24 << 10, batchBytes: 12 << 10)
        try EmbeddedStore.create(
            directory: directory, disk: disk, options: options, storeID: storeID, tag: tag)
        let time = SimulatedTime()
        let checkpointed = Waiter()
        let store = try openStore(disk, options, bytes: 20 << 10) { checkpointed.signal() }
        var ids: [SubjectID] = []
        var generator = SeededGenerator(seed: seed)
        for index in 0..<7 {
            let id = SubjectID(rawValue: UInt128(generator.next()) << 64 | UInt128(index))
            ids.append(id)
            let facts = CreateAccount.Facts(
                profile: Profile(
                    identifier: "C-\(index)", name: "Claire Martin",
                    mail: "claire.martin@exemple.fr", mobile: "+33612345678", language: .french),
                reset: ResetID(rawValue: UInt128(generator.next())),
                letters: LetterPair(
                    LetterID(rawValue: UInt128(generator.next())),
                    LetterID(rawValue: UInt128(generator.next()))))
            _ = try value {
                try await store.transact(id, idempotency: nil) { subject, now in
                    CreateAccount.decide(subject, facts, Policy(), now)
                }
            }
            time.advance(by: .seconds(1))
        }
        try checkpointed.wait("a checkpoint")
        try store.close()
        let subjects = ids
        let open: @Sendable (SimulatedDisk) throws -> Content = { disk in
            let store = try openStore(disk, options, bytes: .max) {}
            return .subjects(
                try value {
                    var found: [Subject] = []
                    for id in subjects { found.append(try await store.read(id).value) }
                    return found
                })
        }
        let image = disk.image
        return Specimen(
            name: "store", image: image, content: try open(SimulatedDisk(image)), withoutLast: nil,
            pruned: [:], opening: open)
    }

    private static func openStore(
        _ disk: SimulatedDisk, _ options: JournalOptions, bytes: Int,
        _ onCheckpoint: @escaping @Sendable () -> Void
    ) throws -> EmbeddedStore {
        try EmbeddedStore.open(
            directory: directory, disk: disk, options: options, tag: tag, policy: Policy(),
            time: SimulatedTime(), checkpointBytes: bytes,
            onNotice: { if case .checkpoint = $0 { onCheckpoint() } }, onFatal: { _ in })
    }

    /// The value of a call, on a thread that may wait.
    private static func value<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let (answer, done) = (Answer<Value>(), Waiter())
        Task.immediate {
            do {
                let value = try await body()
                answer.result.withLock { $0 = .success(value) }
            } catch {
                answer.result.withLock { $0 = .failure(error) }
            }
            done.signal()
        }
        try done.wait("a call")
        guard let result = answer.result.withLock({ $0 }) else { throw Silent("a call") }
        return try result.get()
    }

    private final class Answer<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }
}
