// Lets the first failure end every thread of the proof.
import Synchronization

/// Raised once, never lowered.
final class StopFlag: Sendable {
    private let raised = Atomic(false)

    var isRaised: Bool { raised.load(ordering: .relaxed) }

    func raise() { raised.store(true, ordering: .relaxed) }
}
