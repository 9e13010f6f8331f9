// Waits for what is surely about to happen, and says what did not.
import Dispatch

/// Something that was due never happened.
struct Silent: Error, CustomStringConvertible {
    let description: String

    init(_ what: String) { description = "\(what) was due and did not come for a minute" }
}

/// One event.
final class Waiter: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    func signal() { semaphore.signal() }

    func wait(_ what: String) throws {
        guard semaphore.wait(timeout: .now() + 60) == .success else { throw Silent(what) }
    }
}
