import Dispatch
import Glibc
import RekeySecrets
import Synchronization
import Testing

@Suite struct HashingPoolTests {
    /// Keeps a pool's threads busy until it is opened. Blocks those threads and no others.
    private final class Gate: Sendable {
        private let started: AsyncStream<Void>
        private let starts: AsyncStream<Void>.Continuation
        private let opened = DispatchSemaphore(value: 0)

        init() { (started, starts) = AsyncStream.makeStream() }

        func pass() {
            starts.yield()
            // Bounded, so that a defect of the pool turns a test red instead of hanging it.
            _ = opened.wait(timeout: .now() + 20)
            opened.signal()
        }

        /// Returns once as many jobs stand at the gate.
        func reached(by count: Int) async {
            var iterator = started.makeAsyncIterator()
            for _ in 0..<count { await iterator.next() }
        }

        func open() { opened.signal() }
    }

    /// Counts, and remembers the highest count.
    private final class Tally: Sendable {
        private let count = Mutex((now: 0, most: 0))

        var most: Int { count.withLock { $0.most } }

        func add(_ step: Int) {
            count.withLock {
                $0.now += step
                $0.most = max($0.most, $0.now)
            }
        }
    }

    private typealias Outcome = Result<Int, HashingPoolError>

    private static func outcome(
        _ pool: HashingPool, _ work: @escaping @Sendable () -> Int
    ) async -> Outcome {
        do throws(HashingPoolError) {
            return .success(try await pool.run(work))
        } catch {
            return .failure(error)
        }
    }

    @Test("work runs and its result comes back, many times what the queue holds, one by one")
    func runs() async throws {
        let pool = try HashingPool(threads: 2, queueLength: 0)
        for number in 0..<500 {
            #expect(try await pool.run { number * 2 } == number * 2)
        }
    }

    @Test("R87: a pool's threads have nice 10, and the rest of the process keeps its own")
    func nice() async throws {
        let process = __priority_which_t(PRIO_PROCESS.rawValue)
        let pool = try HashingPool(threads: 1, queueLength: 32)
        let (pools, thread) = try await pool.run { (getpriority(process, 0), pthread_self()) }
        #expect(pools == 10)
        #expect(getpriority(process, UInt32(getpid())) != 10)
        #expect(thread != pthread_self())
    }

    @Test("R86: a full queue refuses at once; what was queued is done when a thread is free")
    func overload() async throws {
        let pool = try HashingPool(threads: 2, queueLength: 3)
        let gate = Gate()
        let outcomes = await withTaskGroup(of: Outcome.self) { group in
            for _ in 0..<20 {
                group.addTask {
                    await Self.outcome(pool) {
                        gate.pass()
                        return 1
                    }
                }
            }
            // Five have a place; the other fifteen must hear so while no thread is free.
            var outcomes: [Outcome] = []
            while outcomes.count < 15, let next = await group.next() { outcomes.append(next) }
            #expect(outcomes.allSatisfy { $0 == .failure(.overloaded) })
            gate.open()
            for await outcome in group { outcomes.append(outcome) }
            return outcomes
        }
        #expect(outcomes.count == 20)
        #expect(outcomes.suffix(5).allSatisfy { $0 == .success(1) })
    }

    @Test("R86: no more work runs at once than there are threads")
    func bounded() async throws {
        let pool = try HashingPool(threads: 2, queueLength: 40)
        let running = Tally()
        let gate = Gate()
        await withTaskGroup { group in
            for number in 0..<40 {
                group.addTask {
                    _ = await Self.outcome(pool) {
                        running.add(1)
                        gate.pass()
                        running.add(-1)
                        return number
                    }
                }
            }
            await gate.reached(by: 2)
            gate.open()
        }
        #expect(running.most == 2)
    }

    @Test("work that waits is dropped when its task is cancelled, and gives its place back")
    func cancelled() async throws {
        let pool = try HashingPool(threads: 1, queueLength: 1)
        let gate = Gate()
        let ran = Tally()
        let busy = Task {
            await Self.outcome(pool) {
                gate.pass()
                return 0
            }
        }
        await gate.reached(by: 1)
        // Of two, one is refused; that is how we know that the other one waits.
        await withTaskGroup(of: Outcome.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    await Self.outcome(pool) {
                        ran.add(1)
                        return 4
                    }
                }
            }
            #expect(await group.next() == .failure(.overloaded))
            group.cancelAll()
            #expect(await group.next() == .failure(.cancelled))
        }
        let cancelledBefore = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await Self.outcome(pool) { 6 }
        }
        #expect(await cancelledBefore.value == .failure(.cancelled))
        // The thread is still busy: of two more, one gets the place that was given back.
        await withTaskGroup(of: Outcome.self) { group in
            for _ in 0..<2 { group.addTask { await Self.outcome(pool) { 5 } } }
            #expect(await group.next() == .failure(.overloaded))
            gate.open()
            #expect(await group.next() == .success(5))
        }
        #expect(await busy.value == .success(0))
        #expect(ran.most == 0)
    }

    @Test("shutting down refuses what waits and what comes, and finishes what runs")
    func shutdown() async throws {
        let pool = try HashingPool(threads: 1, queueLength: 1)
        let gate = Gate()
        let busy = Task {
            await Self.outcome(pool) {
                gate.pass()
                return 7
            }
        }
        await gate.reached(by: 1)
        await withTaskGroup(of: Outcome.self) { group in
            for _ in 0..<2 { group.addTask { await Self.outcome(pool) { 8 } } }
            #expect(await group.next() == .failure(.overloaded))
            pool.shutdown()
            #expect(await group.next() == .failure(.shutDown))
        }
        #expect(await Self.outcome(pool) { 9 } == .failure(.shutDown))
        gate.open()
        #expect(await busy.value == .success(7))
    }

    @Test("work that runs when its task is cancelled is finished, and its result is not lost")
    func cancelledTooLate() async throws {
        let pool = try HashingPool(threads: 1, queueLength: 32)
        let gate = Gate()
        let task = Task {
            await Self.outcome(pool) {
                gate.pass()
                return 11
            }
        }
        await gate.reached(by: 1)
        task.cancel()
        gate.open()
        #expect(await task.value == .success(11))
    }
}
