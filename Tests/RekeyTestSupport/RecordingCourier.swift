// A courier that keeps what it was given and does as it is told.

public import RekeyCore
public import RekeyService
import Synchronization

public final class RecordingCourier: Courier {
    public struct Delivered: Sendable {
        public let missive: Missive
        public let id: LetterID
    }

    private let state = Mutex<(delivered: [Delivered], failure: CourierError?)>(([], nil))
    private let gate = Mutex<(@Sendable () async -> Void)?>(nil)

    public init() {}

    public var delivered: [Delivered] { state.withLock { $0.delivered } }

    /// From now on every attempt fails like this; nil ends it.
    public func fail(with error: CourierError?) { state.withLock { $0.failure = error } }

    /// From now on every attempt waits for `gate` first.
    public func stall(_ gate: (@Sendable () async -> Void)?) { self.gate.withLock { $0 = gate } }

    public func deliver(_ missive: Missive, id: LetterID) async throws(CourierError) {
        await gate.withLock { $0 }?()
        let failure = state.withLock { state in
            if state.failure == nil {
                state.delivered.append(Delivered(missive: missive, id: id))
            }
            return state.failure
        }
        if let failure { throw failure }
    }
}
