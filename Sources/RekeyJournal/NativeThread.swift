// A thread of our own. Syncs block for milliseconds, and Swift's cooperative pool has a thread a core.
import CRekeyLinux
import Glibc

/// A POSIX thread that runs `body` once. It must be joined.
struct NativeThread: Sendable {
    private let handle: pthread_t

    /// `name` shows in `ps` and `perf`, 15 characters.
    init(_ name: String, _ body: @escaping @Sendable () -> Void) throws(JournalError) {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var handle = pthread_t()
        let error = pthread_create(
            &handle, nil,
            { argument in
                guard let argument else { return nil }
                let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                rekey_enter_thread(start.name)
                start.body()
                return nil
            }, start.toOpaque())
        guard error == 0 else {
            start.release()
            throw .disk(error, "pthread_create", name)
        }
        self.handle = handle
    }

    var isCurrent: Bool { pthread_equal(handle, pthread_self()) != 0 }

    func join() { pthread_join(handle, nil) }

    /// Instead of `join`, by the thread itself.
    func detach() { pthread_detach(handle) }

    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
