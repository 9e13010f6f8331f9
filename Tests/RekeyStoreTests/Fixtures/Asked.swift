// A clock that tells when it is asked: a store asks under its lock, so that whoever hears of it knows
// that what the lock is held for comes before anything that is called later.

import RekeyCore
import RekeyStore
import Synchronization

/// Passes on another source's time.
final class Asked: TimeSource {
    private let source: any TimeSource
    private let listener = Mutex<AsyncStream<Void>.Continuation?>(nil)

    init(_ source: any TimeSource) { self.source = source }

    var boot: [UInt8] { source.boot }

    func wall() -> Timestamp { source.wall() }

    func elapsed() -> Duration {
        _ = listener.withLock { $0?.yield() }
        return source.elapsed()
    }

    /// Fires each time that the time is asked for from now on.
    func listen() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        listener.withLock { $0 = continuation }
        return stream
    }
}
