// How a thread of ours sleeps until something happens or a moment comes.
import Glibc
import Synchronization

/// A flag to wait for: once raised it wakes the waiter, now or at its next wait. One waiter only.
final class Signal: @unchecked Sendable {
    // Unchecked for the two pointers, whose targets are made to be shared.
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private let raised = Atomic(false)

    init() {
        pthread_mutex_init(mutex, nil)
        var attributes = pthread_condattr_t()
        pthread_condattr_init(&attributes)
        pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        pthread_cond_init(condition, &attributes)
        pthread_condattr_destroy(&attributes)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func raise() {
        pthread_mutex_lock(mutex)
        raised.store(true, ordering: .releasing)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Until raised, or until `deadline` (nanoseconds of `Signal.now`); lowers the flag. Looks without
    /// sleeping until `watch`: being woken costs a tenth of a sync.
    func wait(until deadline: UInt64?, watchingUntil watch: UInt64) {
        while Self.now < watch {
            if raised.exchange(false, ordering: .acquiring) { return }
        }
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !raised.load(ordering: .acquiring) {
            guard let deadline else {
                pthread_cond_wait(condition, mutex)
                continue
            }
            var time = timespec(
                tv_sec: Int(deadline / 1_000_000_000), tv_nsec: Int(deadline % 1_000_000_000))
            if pthread_cond_timedwait(condition, mutex, &time) == ETIMEDOUT { break }
        }
        raised.store(false, ordering: .relaxed)
    }

    /// CLOCK_MONOTONIC in nanoseconds: for how long to wait, never for what time it is.
    static var now: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
