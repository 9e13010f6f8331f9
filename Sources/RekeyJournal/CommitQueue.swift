// What appenders and the commit thread share, all of it under one short lock.

/// The open batch, who waits for what, and whether anything still may be added.
struct CommitQueue {
    typealias Waiter = @Sendable (Result<Void, JournalError>) -> Void

    enum State {
        case running
        /// Drains; nothing is added any more.
        case closing
        /// The thread has ended or is about to; appends throw this.
        case stopped(JournalError)
    }

    var state = State.running
    var open: OpenBatch
    /// The sequence that the open batch will have.
    var sequence: UInt64
    var openWaiters: [Waiter] = []
    var flightWaiters: [Waiter] = []
    /// What the open batch may take on the disk, in bytes, while the disk has no room for a next
    /// segment; nil when it has.
    var reserve: Int?
    /// The commit thread sleeps and wants to be woken when so many records wait.
    var wakeAt = Int.max

    init(batchBytes: Int, sequence: UInt64) {
        open = OpenBatch(batchBytes: batchBytes)
        self.sequence = sequence
    }

    /// Records that wait, as the pace counts them: a batch half full waits for no more company.
    var waiting: Int {
        open.payloadBytes > open.buffer.bytes.count / 2 ? .max : open.records
    }

    /// Only what `draws` on the reserve is added while the disk is full.
    mutating func append(
        _ record: UnsafeRawBufferPointer, drawing draws: Bool
    ) throws(JournalError) -> UInt64 {
        switch state {
        case .running: break
        case .closing: throw .closed
        case .stopped(let error): throw error
        }
        if let reserve {
            guard draws, open.bytesOnDisk(adding: record.count) <= reserve else { throw .full }
        }
        guard open.add(record) else {
            throw JournalError(.overloaded, "the open batch is full while another is being written")
        }
        return sequence
    }

    /// Whether the sleeping commit thread has to be woken now; true once for each sleep.
    mutating func wakes() -> Bool {
        guard waiting >= wakeAt else { return false }
        wakeAt = .max
        return true
    }

    /// The swap: the open batch becomes the one in flight, and the empty `spare` the open one, whose
    /// sequence is `sequences` later. Arrays change places, so that their memory is used again.
    mutating func launch(_ spare: inout OpenBatch, sequences: UInt64) {
        swap(&open, &spare)
        swap(&openWaiters, &flightWaiters)
        sequence += sequences
        wakeAt = .max
    }

    /// Everybody who waits for anything.
    mutating func takeAllWaiters() -> [Waiter] {
        defer { (openWaiters, flightWaiters) = ([], []) }
        return flightWaiters + openWaiters
    }
}

extension JournalError {
    static let full = JournalError(.full, "the disk is full: writing goes on when there is room")
    static let closed = JournalError(.closed, "the journal was closed")
}
