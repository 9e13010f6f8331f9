import Testing

@testable import RekeyClient

@Suite("P6.7: the wait before another attempt")
struct BackoffTests {
    @Test("begins at 100 ms, doubles each time, and ends at 5 s")
    func doubles() {
        var backoff = Backoff()
        let waits = (0..<9).map { _ in backoff.next(jitter: 1) }
        #expect(
            waits == [100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000].map { .milliseconds($0) })
        backoff.reset()
        #expect(backoff.next(jitter: 1) == .milliseconds(100))
    }

    @Test("is a random part of that, from nothing to all of it")
    func jitter() {
        var backoff = Backoff()
        #expect(backoff.next(jitter: 0) == .zero)
        #expect(backoff.next(jitter: 0.25) == .milliseconds(50))
    }

    @Test("does not overflow, however often it failed")
    func often() {
        var backoff = Backoff()
        for _ in 0..<200 { _ = backoff.next(jitter: 1) }
        #expect(backoff.next(jitter: 1) == Backoff.longest)
    }
}
