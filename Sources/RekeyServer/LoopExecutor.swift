import NIOCore
import Synchronization

/// Runs a call's task on the event loop of its connection, so that a reply needs no other thread.
/// What becomes ready together, like all calls of a batch that is durable, takes one hop together.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop
    private let ready = Mutex<[UnownedJob]>([])

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let isFirst = ready.withLock { ready in
            ready.append(job)
            return ready.count == 1
        }
        if isFirst { loop.execute { self.run() } }
    }

    private func run() {
        let executor = asUnownedTaskExecutor()
        let jobs = ready.withLock { ready in
            defer { ready = [] }
            return ready
        }
        for job in jobs { job.runSynchronously(on: executor) }
    }
}
