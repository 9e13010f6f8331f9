// Makes the next segment while this one fills: zeroed and durable under a temp name, so that the commit
// thread only writes its header and renames it. Writing into zeroed blocks syncs without metadata.
// Whether there will be a next segment is also how the log knows that the disk is full, in time.
import Glibc
import Synchronization

/// Prepares one segment at a time, on a thread of its own. Used by one thread.
final class SegmentPreparer {
    private enum State {
        case idle
        /// Being made; `since` is the lack of room that it was short of at the last attempt.
        case running(NativeThread, since: JournalError?)
        case ready(OpenFile)
        /// The volume has no room for it; tried again at that moment (`Signal.now`).
        case short(JournalError, retryAt: UInt64)
    }

    static let retryNanoseconds: UInt64 = 1_000_000_000

    private let disk: any Disk
    private let layout: Layout
    private let fileBytes: UInt64
    private var state = State.idle
    private let outcome = Outcome()

    init(disk: any Disk, layout: Layout, fileBytes: UInt64) {
        self.disk = disk
        self.layout = layout
        self.fileBytes = fileBytes
    }

    deinit { abandon() }

    /// Starts preparing unless it already has.
    func begin() throws(JournalError) {
        if case .idle = state { try start(since: nil) }
    }

    /// Whether a segment is there to be installed. Waits for one that is being made.
    func finish() throws(JournalError) -> Bool {
        if case .running(let thread, _) = state {
            thread.join()
            try take()
        }
        if case .ready = state { return true }
        return false
    }

    /// Why the next segment cannot be made, as far as is known; never waits. Tries again when it is
    /// time. Throws what has nothing to do with room.
    func shortage(at now: UInt64) throws(JournalError) -> JournalError? {
        switch state {
        case .idle, .ready: return nil
        case .running(let thread, let since):
            guard outcome.result.withLock({ $0 != nil }) else { return since }
            thread.join()
            try take()
            return try shortage(at: now)
        case .short(let error, let retryAt):
            if now >= retryAt { try start(since: error) }
            return error
        }
    }

    /// When `shortage` wants to be asked again; nil when nothing is being waited for.
    var asksAgainAt: UInt64? {
        switch state {
        case .short(_, let retryAt): retryAt
        case .running(_, .some): Signal.now + Self.retryNanoseconds / 100
        default: nil
        }
    }

    /// Gives the prepared segment its header, durable on return. Throws what it is short of when there
    /// is none.
    func address(_ header: FileHeader) throws(JournalError) {
        let file = try prepared()
        let block = AlignedBuffer(byteCount: Format.blockBytes)
        header.encode(into: block.bytes)
        try disk.write(file, block.first(Format.blockBytes), at: 0)
        try disk.syncData(file, .segmentHeaderSync)
    }

    /// Gives it its name, durable on return, and hands it over.
    func name(_ number: UInt64) throws(JournalError) -> OpenFile {
        let file = try prepared()
        let path = layout.segment(number)
        try disk.rename(layout.nextSegment, to: path)
        try disk.syncDirectory(layout.log, .segmentNameSync)
        state = .idle
        return OpenFile(descriptor: file.descriptor, path: path)
    }

    private func prepared() throws(JournalError) -> OpenFile {
        try begin()
        if try finish(), case .ready(let file) = state { return file }
        if case .short(let error, _) = state { throw error }
        throw JournalError(.dead, "the segment being prepared was lost")
    }

    /// Waits for the thread and lets go of what it made; the next opening removes the file.
    func abandon() {
        guard (try? finish()) == true, case .ready(let file) = state else { return }
        disk.close(file)
        state = .idle
    }

    private func start(since: JournalError?) throws(JournalError) {
        let (disk, layout, fileBytes, outcome) = (disk, layout, fileBytes, outcome)
        let thread = try NativeThread("rekey-segment") {
            do throws(JournalError) {
                let file = try Self.prepare(disk, layout, fileBytes)
                outcome.result.withLock { $0 = .success(file) }
            } catch {
                outcome.result.withLock { $0 = .failure(error) }
            }
        }
        state = .running(thread, since: since)
    }

    /// Takes over what the thread, which was joined, has left.
    private func take() throws(JournalError) {
        let result = outcome.result.withLock { result in
            defer { result = nil }
            return result
        }
        state = .idle
        switch result {
        case .success(let file): state = .ready(file)
        case .failure(let error) where error.isLackOfRoom:
            state = .short(error, retryAt: Signal.now + Self.retryNanoseconds)
        case .failure(let error): throw error
        case nil: break
        }
    }

    private static func prepare(
        _ disk: any Disk, _ layout: Layout, _ fileBytes: UInt64
    ) throws(JournalError) -> OpenFile {
        let file = try disk.open(layout.nextSegment, .create)
        do throws(JournalError) {
            // A disk that is full says so here, before anything was written.
            try disk.allocate(file, fileBytes)
            try disk.zero(file, 0..<fileBytes)
            // Its header's sync would do; by then the commit thread waits, and so does everybody.
            try disk.sync(file)
            try disk.syncDirectory(layout.log, .nextNameSync)
        } catch {
            disk.close(file)
            if error.isLackOfRoom { try disk.unlink(layout.nextSegment) }
            throw error
        }
        return file
    }

    /// What the thread leaves for whoever joins it.
    private final class Outcome: Sendable {
        let result = Mutex<Result<OpenFile, JournalError>?>(nil)
    }
}

extension JournalError {
    /// The volume is full or the quota used up: it may pass, where any other failure does not.
    var isLackOfRoom: Bool { fault?.errno == ENOSPC || fault?.errno == EDQUOT }
}
