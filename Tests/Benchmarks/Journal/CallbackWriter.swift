// One closed-loop writer without a thread of its own: its next append is made where it hears of the
// last one. What is left of the journal's own cost when nobody has to be woken.
import Dispatch
import RekeyJournal

/// Appends, and again as soon as that is durable, until the time is up.
final class CallbackWriter: @unchecked Sendable {
    // Used by the commit thread alone, between the first append and the end.
    private let journal: Journal
    private let record: [UInt8]
    private var took: [UInt64] = []
    private var end: UInt64 = 0
    private let isDone = DispatchSemaphore(value: 0)

    init(_ journal: Journal, recordBytes: Int) {
        self.journal = journal
        record = [UInt8](repeating: 0x5A, count: recordBytes)
        took.reserveCapacity(1 << 18)
    }

    /// Nanoseconds from append to durable, of each commit.
    func run(for turn: Duration) -> [UInt64] {
        end = Stopwatch.now + turn.nanoseconds
        next()
        isDone.wait()
        return took
    }

    private func next() {
        let began = Stopwatch.now
        guard began < end, let sequence = try? journal.append(record) else {
            isDone.signal()
            return
        }
        journal.whenDurable(sequence) { [self] _ in
            took.append(Stopwatch.now - began)
            next()
        }
    }
}
