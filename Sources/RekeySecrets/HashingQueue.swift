// What waits for a thread of HashingPool. The pool puts in, its threads take out; whoever takes a
// job out, under the lock, is the one who answers for it, so each is answered once.

import Dispatch
import Synchronization

final class HashingQueue: Sendable {
    struct Job: Sendable {
        let ticket: UInt64
        /// Does the work, and returns what tells its result.
        let run: @Sendable () -> @Sendable () -> Void
        let refuse: @Sendable (HashingPoolError) -> Void
    }

    private struct State {
        var waiting: [Job] = []
        var running = 0
        var lastTicket: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    /// Counts jobs added, and one per thread when closed. It may be ahead of `waiting`: a job that
    /// was cancelled leaves its count behind, and a thread wakes for nothing.
    private let additions = DispatchSemaphore(value: 0)
    private let threads: Int
    private let capacity: Int

    /// - Parameter length: jobs that wait while all `threads` are busy, at most.
    init(threads: Int, length: Int) {
        self.threads = threads
        capacity = threads + length
    }

    /// A name for a job, by which it can be cancelled.
    func ticket() -> UInt64 {
        state.withLock {
            $0.lastTicket += 1
            return $0.lastTicket
        }
    }

    /// Queues a job, or refuses it. Called from the task that waits for the job.
    func add(_ job: Job) {
        let refusal: HashingPoolError? = state.withLock { state in
            // A cancellation that came before this found nothing to cancel, but has left its mark.
            if Task.isCancelled { return .cancelled }
            if state.isClosed { return .shutDown }
            guard state.running + state.waiting.count < capacity else { return .overloaded }
            state.waiting.append(job)
            return nil
        }
        if let refusal { job.refuse(refusal) } else { additions.signal() }
    }

    /// Refuses a job that still waits; one that runs or is done is left alone.
    func cancel(_ ticket: UInt64) {
        let job = state.withLock { state in
            state.waiting.firstIndex { $0.ticket == ticket }.map { state.waiting.remove(at: $0) }
        }
        job?.refuse(.cancelled)
    }

    /// Refuses what waits and what comes, and lets the threads end.
    func close() {
        let refused = state.withLock { state in
            state.isClosed = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for job in refused { job.refuse(.shutDown) }
        for _ in 0..<threads { additions.signal() }
    }

    /// Runs jobs, one after the other, until the queue is closed. Called from a pool's thread.
    func work() {
        while let job = next() {
            let report = job.run()
            // Before the report, so that who hears it finds the place free.
            state.withLock { $0.running -= 1 }
            report()
        }
    }

    private func next() -> Job? {
        while true {
            additions.wait()
            let (job, isClosed) = state.withLock { state -> (Job?, Bool) in
                guard !state.isClosed, !state.waiting.isEmpty else { return (nil, state.isClosed) }
                state.running += 1
                return (state.waiting.removeFirst(), false)
            }
            if job != nil || isClosed { return job }
        }
    }
}
