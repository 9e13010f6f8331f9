// Makes the next segment while this one fills: zeroed and synced under a temp name, so that the commit
// thread only writes its header and renames it. Writing into zeroed blocks syncs without metadata.
import Synchronization

/// Prepares one segment at a time, on a thread of its own. Used by one thread.
final class SegmentPreparer {
    private let disk: any Disk
    private let layout: Layout
    private let fileBytes: UInt64
    private var thread: NativeThread?
    private let outcome = Outcome()

    init(disk: any Disk, layout: Layout, fileBytes: UInt64) {
        self.disk = disk
        self.layout = layout
        self.fileBytes = fileBytes
    }

    deinit { abandon() }

    /// Starts preparing unless it already has.
    func begin() throws(JournalError) {
        guard thread == nil else { return }
        let (disk, layout, fileBytes, outcome) = (disk, layout, fileBytes, outcome)
        thread = try NativeThread("rekey-segment") {
            do throws(JournalError) {
                let file = try Self.prepare(disk, layout, fileBytes)
                outcome.result.withLock { $0 = .success(file) }
            } catch {
                outcome.result.withLock { $0 = .failure(error) }
            }
        }
    }

    /// Gives the prepared segment its header and its name, both durable on return.
    func install(_ header: FileHeader) throws(JournalError) -> OpenFile {
        try begin()
        let file = try finished()
        do throws(JournalError) {
            let block = AlignedBuffer(byteCount: Format.blockBytes)
            header.encode(into: block.bytes)
            try disk.write(file, block.first(Format.blockBytes), at: 0)
            try disk.syncData(file)
            try disk.rename(layout.nextSegment, to: layout.segment(header.number))
            try disk.syncDirectory(layout.log)
        } catch {
            disk.close(file)
            throw error
        }
        return file
    }

    private func finished() throws(JournalError) -> OpenFile {
        thread?.join()
        thread = nil
        let result = outcome.result.withLock { result in
            defer { result = nil }
            return result
        }
        guard let result else {
            throw JournalError(.dead, "the segment being prepared was lost")
        }
        return try result.get()
    }

    /// Waits for the thread and lets go of what it made; the next opening removes the file.
    func abandon() {
        guard thread != nil, let file = try? finished() else { return }
        disk.close(file)
    }

    private static func prepare(
        _ disk: any Disk, _ layout: Layout, _ fileBytes: UInt64
    ) throws(JournalError) -> OpenFile {
        let file = try disk.open(layout.nextSegment, .create)
        do throws(JournalError) {
            try disk.zero(file, 0..<fileBytes)
            try disk.sync(file)
        } catch {
            disk.close(file)
            throw error
        }
        return file
    }

    /// What the thread leaves for whoever joins it.
    private final class Outcome: Sendable {
        let result = Mutex<Result<OpenFile, JournalError>?>(nil)
    }
}
