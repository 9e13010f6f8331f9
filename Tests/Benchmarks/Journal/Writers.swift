// Closed-loop writers as a server has them: calls wait on an event loop of one thread, the commit
// thread hands over all that a batch carried with one hop, and each then makes its next call.
import Foundation
import RekeyJournal
import Synchronization

/// `count` writers on one thread, each of which appends, waits until that is durable, and again.
final class Writers: @unchecked Sendable {
    // The loop's own state is used by its thread only; what is handed over is under the lock.
    private let journal: Journal
    private let record: [UInt8]
    private let condition = NSCondition()
    private var handedOver: [Int] = []
    private var sleeps = false
    private var began: [UInt64]

    init(_ count: Int, _ journal: Journal, recordBytes: Int) {
        self.journal = journal
        record = [UInt8](repeating: 0x5A, count: recordBytes)
        began = [UInt64](repeating: 0, count: count)
    }

    /// Nanoseconds from append to durable, of each commit.
    func run(for turn: Duration) throws -> [UInt64] {
        var took: [UInt64] = []
        took.reserveCapacity(1 << 18)
        let end = Stopwatch.now + turn.nanoseconds
        for writer in began.indices { try begin(writer) }
        var inFlight = began.count
        var done: [Int] = []
        while inFlight > 0 {
            takeOver(&done)
            let now = Stopwatch.now
            for writer in done {
                took.append(now - began[writer])
                if now < end { try begin(writer) } else { inFlight -= 1 }
            }
            done.removeAll(keepingCapacity: true)
        }
        return took
    }

    private func begin(_ writer: Int) throws {
        began[writer] = Stopwatch.now
        let sequence = try journal.append(record)
        journal.whenDurable(sequence) { [self] _ in
            condition.lock()
            handedOver.append(writer)
            let wakes = sleeps
            sleeps = false
            condition.unlock()
            if wakes { condition.signal() }
        }
    }

    private func takeOver(_ done: inout [Int]) {
        condition.lock()
        while handedOver.isEmpty {
            sleeps = true
            condition.wait()
        }
        swap(&handedOver, &done)
        condition.unlock()
    }
}
