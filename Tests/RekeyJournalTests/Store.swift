// What the tests put into a journal and what came back: a list of numbers, one a record.
import RekeyJournal
import RekeySimulation
import Synchronization

/// A journal in a simulated directory, and the state built from it.
struct Store {
    static let directory = "store"
    static let id = StoreID(high: 0x0123_4567_89AB_CDEF, low: 42)
    static let tag: [UInt8] = [1, 2, 3]
    /// Segments of eight blocks, batches of two: rotation every few records.
    static let small = JournalOptions(segmentBytes: 32 << 10, batchBytes: 8 << 10)

    let journal: Journal
    /// The numbers that recovery brought back, in order.
    var numbers: [UInt32]
    /// The batches they came in; those of a checkpoint have none.
    let sequences: [UInt64]

    static func create(on disk: SimulatedDisk, _ options: JournalOptions = small) throws {
        try Journal.create(
            directory: directory, disk: disk, options: options, storeID: id, tag: tag)
    }

    static func fresh(_ options: JournalOptions = small) throws -> (SimulatedDisk, Store) {
        let disk = SimulatedDisk()
        try create(on: disk, options)
        return (disk, try Store(on: disk, options))
    }

    init(
        on disk: any Disk, _ options: JournalOptions = small, directory: String = directory,
        tag: [UInt8] = tag,
        onShortage: @escaping @Sendable (JournalError?) -> Void = { _ in },
        onFatal: @escaping @Sendable (JournalError) -> Void = { _ in }
    ) throws {
        var numbers: [UInt32] = []
        var sequences: [UInt64] = []
        journal = try Journal.open(
            directory: directory, disk: disk, options: options, tag: tag,
            restore: { chunk in
                for offset in stride(from: 0, to: chunk.count, by: 4) {
                    numbers.append(chunk.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
                }
            },
            replay: { sequence, record in
                numbers.append(record.loadUnaligned(as: UInt32.self))
                sequences.append(sequence)
            }, onShortage: onShortage, onFatal: onFatal)
        self.numbers = numbers
        self.sequences = sequences
    }

    /// Adds the next number and waits until it is durable.
    mutating func add(padding: Int = 0, drawingOnReserve: Bool = false) async throws {
        let number = UInt32(numbers.count)
        let sequence = try journal.append(
            Self.bytes(of: number, padding: padding), drawingOnReserve: drawingOnReserve)
        numbers.append(number)
        try await journal.untilDurable(sequence)
    }

    mutating func add(count: Int, padding: Int = 0) async throws {
        for _ in 0..<count { try await add(padding: padding) }
    }

    /// Writes all numbers as a checkpoint of everything so far, in chunks of three; returns its
    /// sequence, which may be that of a floor that came by itself.
    @discardableResult
    func checkpoint() throws -> UInt64 {
        let writer = try journal.beginCheckpoint(at: journal.durable)
        for start in stride(from: 0, to: numbers.count, by: 3) {
            let chunk = numbers[start..<min(start + 3, numbers.count)]
            try writer.append(chunk.flatMap { Self.bytes(of: $0) })
        }
        try writer.finish()
        return writer.sequence
    }

    static func bytes(of number: UInt32, padding: Int = 0) -> [UInt8] {
        withUnsafeBytes(of: number) { Array($0) } + [UInt8](repeating: 0xA5, count: padding)
    }

    static func range(_ count: Int) -> [UInt32] { (0..<count).map(UInt32.init) }
}

extension Journal {
    /// `whenDurable` for a test that has nothing else to do.
    func untilDurable(_ sequence: UInt64) async throws {
        try await withCheckedThrowingContinuation { continuation in
            whenDurable(sequence) { continuation.resume(with: $0.mapError { $0 as any Error }) }
        }
    }
}

extension SimulatedDisk {
    /// The paths in a folder of the store.
    func files(in folder: String) -> [String] {
        contents.keys.filter { $0.hasPrefix("\(Store.directory)/\(folder)/") }.sorted()
    }

    /// The error of opening, or nil when it opens.
    func refusal(tag: [UInt8] = Store.tag) -> JournalError? {
        do {
            _ = try Store(on: self, tag: tag)
            return nil
        } catch {
            return error as? JournalError
        }
    }
}
