import Glibc
import RekeyJournal
import RekeySimulation
import Testing

/// The watermark is the next segment: while it cannot be made, writes are refused and reads go on.
struct FullDiskTests {
    /// Segments of 64 blocks, of which the last four are the reserve.
    private static let options = JournalOptions(segmentBytes: 256 << 10, batchBytes: 8 << 10)

    /// A store on a disk with room for its first segment alone, and what it says of that.
    private struct Full {
        let disk = SimulatedDisk()
        let news: AsyncStream<JournalError?>
        var store: Store

        init(_ options: JournalOptions = FullDiskTests.options) throws {
            try Store.create(on: disk, options)
            disk.limit(to: disk.bytesUsed + 64 << 10)
            let (news, said) = AsyncStream.makeStream(of: JournalError?.self)
            self.news = news
            store = try Store(on: disk, options, onShortage: { said.yield($0) })
        }

        /// Appends until the disk is found full.
        mutating func fill() async throws {
            while true {
                do {
                    try await store.add()
                } catch let error as JournalError where error.code == .full {
                    break
                }
            }
            #expect(store.journal.isFull)
        }

        mutating func nextNews() async throws -> JournalError? {
            var news = news.makeAsyncIterator()
            return try #require(await news.next())
        }
    }

    @Test("Without room for the next segment appends are refused, and all before is durable")
    func refused() async throws {
        var full = try Full()
        try await full.fill()
        #expect(try await full.nextNews()?.fault?.errno == ENOSPC)
        #expect(throws: JournalError.self) { try full.store.journal.append([1]) }
        let count = full.store.numbers.count
        #expect(count > 20, "half a segment was filled")
        try full.store.journal.close()
        #expect(try Store(on: full.disk, Self.options).numbers == Store.range(count))
    }

    @Test("What draws on the reserve is taken while the disk is full, until that is used up")
    func reserve() async throws {
        var full = try Full()
        try await full.fill()
        let before = full.store.numbers.count
        while (try? await full.store.add(drawingOnReserve: true)) != nil {}
        let count = full.store.numbers.count
        #expect(count >= before + 4)
        let error = #expect(throws: JournalError.self) {
            try full.store.journal.append([1], drawingOnReserve: true)
        }
        #expect(error?.code == .full, "the journal lives: reads go on")
        try full.store.journal.close()
        full.disk.limit(to: .max)
        #expect(try Store(on: full.disk, Self.options).numbers == Store.range(count))
    }

    @Test("Writing goes on by itself when there is room again", arguments: [false, true])
    func roomAgain(afterReserve usesReserve: Bool) async throws {
        var full = try Full()
        try await full.fill()
        #expect(try await full.nextNews() != nil)
        if usesReserve { while (try? await full.store.add(drawingOnReserve: true)) != nil {} }
        full.disk.limit(to: .max)
        #expect(try await full.nextNews() == nil)
        #expect(!full.store.journal.isFull)
        try await full.store.add(count: 100)
        let count = full.store.numbers.count
        try full.store.journal.close()
        #expect(full.disk.files(in: "log").count > 2)
        #expect(try Store(on: full.disk, Self.options).numbers == Store.range(count))
    }

    @Test("A full disk does not keep it from starting, again and again, with writes refused")
    func starts() async throws {
        // Long enough for ten starts, however the commit thread cut the batches before them.
        let options = JournalOptions(segmentBytes: 2 << 20, batchBytes: 8 << 10)
        var full = try Full(options)
        try await full.fill()
        let count = full.store.numbers.count
        try full.store.journal.close()
        var starts = 0
        while let store = try? Store(on: full.disk, options) {
            #expect(store.numbers == Store.range(count))
            try store.journal.close()
            starts += 1
            if starts == 10 { break }
        }
        #expect(starts == 10)
    }

    @Test("When not even a start fits the error says to free space, and freeing it is enough")
    func noStart() async throws {
        var full = try Full()
        try await full.fill()
        while (try? await full.store.add(drawingOnReserve: true)) != nil {}
        let count = full.store.numbers.count
        try full.store.journal.close()
        var refusal: JournalError?
        for _ in 0..<100 where refusal == nil {
            do {
                try Store(on: full.disk, Self.options).journal.close()
            } catch { refusal = error as? JournalError }
        }
        #expect(refusal?.fault?.errno == ENOSPC)
        #expect(refusal?.message.contains("free space") == true)
        full.disk.limit(to: .max)
        var store = try Store(on: full.disk, Self.options)
        #expect(store.numbers == Store.range(count))
        try await store.add(count: 100)
        try store.journal.close()
        #expect(try Store(on: full.disk, Self.options).numbers == Store.range(count + 100))
    }

    @Test("Any other failure to prepare a segment is the end")
    func otherFailure() async throws {
        var full = try Full()
        full.disk.fail(.allocate, errno: EIO)
        var died = false
        do {
            while true { try await full.store.add() }
        } catch let error as JournalError {
            died = error.code == .dead || error.code == .outcomeUnknown
        }
        #expect(died)
    }
}
