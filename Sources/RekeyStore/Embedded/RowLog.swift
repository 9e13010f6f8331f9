import Dispatch
import RekeyCore
import RekeyJournal
import RekeyWire

/// The log of a new store while it is filled, by one thread, as fast as the disk takes it.
struct RowLog {
    private let journal: Journal

    init(directory: String, disk: any Disk, tag: [UInt8]) throws(JournalError) {
        journal = try Journal.open(
            directory: directory, disk: disk, tag: tag, restore: { _ in }, replay: { _, _ in },
            onFatal: { _ in })
    }

    /// Waits for the disk when the open batch is full.
    func append(_ record: Records.Decoded, _ arena: Arena) throws(JournalError) {
        try Records.encode(record, arena) { (bytes) throws(JournalError) in
            while true {
                do throws(JournalError) {
                    _ = try journal.append(bytes)
                    return
                } catch {
                    guard error.code == .overloaded else { throw error }
                }
                waitForDisk()
            }
        }
    }

    /// Returns when all of it is durable.
    func close() throws(JournalError) { try journal.close() }

    /// Until the batch in flight is durable, or never will be, which the next append then says.
    private func waitForDisk() {
        let isDone = DispatchSemaphore(value: 0)
        journal.whenDurable(journal.durable + 1) { _ in isDone.signal() }
        isDone.wait()
    }
}
