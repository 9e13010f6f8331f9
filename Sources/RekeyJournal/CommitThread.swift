// The one thread that writes: takes the open batch, writes and syncs it, tells who waited, and again.
// Appenders come in through `append` and `whenDurable`, under the queue's lock; everything else here is
// the thread's own.
//
// 1 sleep      until CommitPace says that a batch may start
// 2 swap       under the lock: the open batch becomes the one in flight
// 3 durable    write, sync
// 4 tell       outside the lock, every waiter of the batch
// 5 rotate     seal and next segment, when the largest batch would no longer fit
// 6 room       while no next segment can be made, only what draws on the reserve is taken
//
// A failed write or sync is the end: the batch may be on the disk or not, and nobody asks again.
import Synchronization

/// Group commit. Unchecked: `writer`, `pace`, `flight` and `told` belong to the thread that calls `run`.
final class CommitThread: @unchecked Sendable {
    /// The last sequence known to be on the disk.
    let durable: Atomic<UInt64>
    /// Bytes of batches written, and those that recovery found after the checkpoint.
    let bytesWritten: Atomic<UInt64>
    /// Whether only what draws on the reserve is taken, because the disk is full.
    let isFull: Atomic<Bool>

    private let queue: Mutex<CommitQueue>
    private let signal = Signal()
    private let onFatal: @Sendable (JournalError) -> Void
    private let onShortage: @Sendable (JournalError?) -> Void
    /// Whether the disk was found full, and nothing else since.
    private var isShort: Bool
    private let writer: LogWriter
    private var pace = CommitPace()
    /// The batch being written, or empty.
    private var flight: OpenBatch
    /// Waiters being told; empty in between, kept for its memory.
    private var told: [CommitQueue.Waiter] = []

    init(
        writer: LogWriter, options: JournalOptions, bytesWritten: UInt64,
        onShortage: @escaping @Sendable (JournalError?) -> Void,
        onFatal: @escaping @Sendable (JournalError) -> Void
    ) throws(JournalError) {
        self.writer = writer
        self.onShortage = onShortage
        self.onFatal = onFatal
        let sequence = writer.cursor.sequence
        durable = Atomic(sequence)
        self.bytesWritten = Atomic(bytesWritten)
        flight = OpenBatch(batchBytes: options.batchBytes)
        var queue = CommitQueue(batchBytes: options.batchBytes, sequence: sequence + 1)
        let shortage = try writer.shortage(at: Signal.now)
        isShort = shortage != nil
        isFull = Atomic(isShort)
        if let shortage {
            queue.reserve = writer.reserveLeft
            onShortage(shortage)
        }
        self.queue = Mutex(queue)
    }

    // MARK: any thread

    func append(
        _ record: UnsafeRawBufferPointer, drawing draws: Bool
    ) throws(JournalError) -> UInt64 {
        let (sequence, wakes) = try queue.withLock {
            (queue) throws(JournalError) -> (UInt64, Bool) in
            (try queue.append(record, drawing: draws), queue.wakes())
        }
        if wakes { signal.raise() }
        return sequence
    }

    func whenDurable(_ sequence: UInt64, _ then: @escaping CommitQueue.Waiter) {
        if sequence <= durable.load(ordering: .acquiring) || !Tooth.commitWait.holds {
            return then(.success(()))
        }
        let known = queue.withLock { queue -> Result<Void, JournalError>? in
            precondition(sequence <= queue.sequence, "nobody was promised this sequence")
            // Again, under the lock: the batch may have become durable, and its waiters been told.
            if sequence <= durable.load(ordering: .acquiring) { return .success(()) }
            if case .stopped = queue.state { return .failure(.outcomeUnknown) }
            if sequence == queue.sequence {
                queue.openWaiters.append(then)
            } else {
                queue.flightWaiters.append(then)
            }
            return nil
        }
        if let known { then(known) }
    }

    /// Lets the thread write what waits, then a close batch, and end.
    func drain() {
        queue.withLock { queue in
            if case .running = queue.state { queue.state = .closing }
        }
        signal.raise()
    }

    /// Ends the thread after the batch in flight and leaves the rest, as a crash would.
    func abandon() {
        stop(.closed)
        signal.raise()
    }

    /// Why the thread ended.
    var ending: JournalError? {
        queue.withLock { queue in
            if case .stopped(let error) = queue.state { error } else { nil }
        }
    }

    // MARK: the thread

    func run() {
        // Before the lock is given up: who opens next must not meet a segment that is being prepared.
        defer { writer.stopPreparing() }
        do throws(JournalError) {
            while let kind = try next() {
                try commit(kind)
                if kind == .close { break }
            }
            stop(.closed)
        } catch {
            stop(JournalError(.dead, "the journal died: \(error)", fault: error.fault))
            onFatal(error)
        }
    }

    /// Sleeps until there is something to write; nil when there never will be.
    private func next() throws(JournalError) -> BatchKind? {
        while true {
            try lookForRoom()
            let (state, waiting) = queue.withLock { ($0.state, $0.waiting) }
            switch state {
            case .stopped: return nil
            case .closing:
                if waiting > 0 { return .records }
                return writer.holds(.close, Format.blockBytes) ? .close : nil
            case .running: break
            }
            switch pace.step(waiting: waiting, now: Signal.now) {
            case .start: return .records
            case .floor:
                if writer.holds(.floor, Format.blockBytes) { return .floor }
                pace.skipFloor()
            case .sleep(let deadline, let records):
                sleep(until: writer.asksForRoomAt ?? deadline, orRecords: records)
            }
        }
    }

    private func sleep(until deadline: UInt64?, orRecords records: Int) {
        let sleeps = queue.withLock { queue in
            guard case .running = queue.state, queue.waiting < records else { return false }
            queue.wakeAt = records
            return true
        }
        if sleeps { signal.wait(until: deadline, watchingUntil: pace.watchesUntil) }
    }

    private func commit(_ wanted: BatchKind) throws(JournalError) {
        let began = Signal.now
        let hasNext = wanted == .close ? false : try writer.hasNext()
        let (kind, seals) = queue.withLock { queue in
            // A record may have come since the floor was due; then it rides, and needs no floor.
            let kind = queue.open.records > 0 ? .records : wanted
            let seals =
                hasNext && writer.isFull(after: queue.open.bytesOnDisk)
            queue.launch(&flight, sequences: seals ? 2 : 1)
            return (kind, seals)
        }
        try writer.write(kind, flight)
        let took = Signal.now - began
        bytesWritten.add(UInt64(flight.bytesOnDisk), ordering: .relaxed)
        durable.store(writer.cursor.sequence, ordering: .releasing)
        let waiting = queue.withLock { queue in
            swap(&queue.flightWaiters, &told)
            return queue.waiting
        }
        for waiter in told { waiter(.success(())) }
        told.removeAll(keepingCapacity: true)
        // Nobody comes again before they were told.
        pace.synced(records: flight.records, waiting: waiting, took: took, now: Signal.now)
        flight.clear()
        guard seals else { return }
        try writer.sealAndRotate()
        durable.store(writer.cursor.sequence, ordering: .releasing)
    }

    /// Notices a disk that is full, and one that is not any more.
    private func lookForRoom() throws(JournalError) {
        let shortage = try writer.shortage(at: Signal.now)
        if isShort, shortage == nil { try leaveFullSegment() }
        let reserve = shortage == nil ? nil : writer.reserveLeft
        guard isShort || reserve != nil else { return }
        queue.withLock { $0.reserve = reserve }
        guard isShort != (shortage != nil) else { return }
        isShort = shortage != nil
        isFull.store(isShort, ordering: .relaxed)
        onShortage(shortage)
    }

    /// There is a next segment at last. This one may have less left than the largest batch takes.
    private func leaveFullSegment() throws(JournalError) {
        guard writer.isFull(after: 0), try writer.hasNext() else { return }
        let takesSequence = queue.withLock { queue in
            guard queue.open.records == 0 else { return false }
            queue.sequence += 1
            return true
        }
        guard takesSequence else { return try commit(.records) }
        try writer.sealAndRotate()
        durable.store(writer.cursor.sequence, ordering: .releasing)
    }

    private func stop(_ reason: JournalError) {
        let waiters = queue.withLock { queue in
            if case .stopped = queue.state {} else { queue.state = .stopped(reason) }
            return queue.takeAllWaiters()
        }
        for waiter in waiters { waiter(.failure(.outcomeUnknown)) }
    }
}

extension JournalError {
    static let outcomeUnknown = JournalError(
        .outcomeUnknown,
        "the journal stopped before this was known to be durable: it may or may not have happened")
}
