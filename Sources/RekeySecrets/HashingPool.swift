// Threads for argon2id and nothing else. The service hands work in and waits for it without holding
// a thread of the cooperative pool or of an event loop; a storm of logins queues here and is refused
// here, while everything else goes on (R86, R87).

import Glibc

/// A fixed number of threads of low priority behind a short queue.
///
/// Threads × memory of one hash is the memory that passwords can take. Work that runs is never
/// interrupted; work that waits goes when its task is cancelled, and leaves its place in the queue.
public final class HashingPool: Sendable {
    /// Shared with the threads, which outlive the pool by the job they are at.
    private let queue: HashingQueue

    /// The processors that are online.
    public static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// - Parameters:
    ///   - threads: how many hashes are computed at once; at least 1.
    ///   - queueLength: how many wait at most.
    public init(
        threads: Int = HashingPool.processorCount, queueLength: Int
    ) throws(HashingPoolError) {
        precondition(threads > 0 && queueLength >= 0)
        queue = HashingQueue(threads: threads, length: queueLength)
        for _ in 0..<threads {
            let status = Self.startThread(queue)
            guard status == 0 else {
                queue.close()
                throw .noThread(status)
            }
        }
    }

    deinit { queue.close() }

    /// Runs `work` on a thread of the pool and returns what it returns.
    ///
    /// Throws at once when the queue is full, without `work` having run.
    public func run<Value: Sendable>(
        _ work: @escaping @Sendable () -> Value
    ) async throws(HashingPoolError) -> Value {
        let ticket = queue.ticket()
        let outcome: Result<Value, HashingPoolError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let job = HashingQueue.Job(
                    ticket: ticket,
                    run: {
                        let value = work()
                        return { continuation.resume(returning: .success(value)) }
                    },
                    refuse: { continuation.resume(returning: .failure($0)) })
                queue.add(job)
            }
        } onCancel: {
            queue.cancel(ticket)
        }
        return try outcome.get()
    }

    /// Refuses what waits and what comes; what runs is finished. The threads end after it.
    public func shutdown() { queue.close() }

    /// Returns 0 or an `errno`.
    private static func startThread(_ queue: HashingQueue) -> Int32 {
        let argument = Unmanaged.passRetained(queue)
        var thread: pthread_t = 0
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                // On Linux the nice value is the thread's own, and 0 names the calling thread.
                setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                Unmanaged<HashingQueue>.fromOpaque(argument).takeRetainedValue().work()
                return nil
            }, argument.toOpaque())
        if status == 0 { pthread_detach(thread) } else { argument.release() }
        return status
    }
}
