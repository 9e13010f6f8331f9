import NIOCore
import RekeyCore
import RekeyWire
import Synchronization

/// One attempt of a call from `Connection` to its event loop, and the outcome back.
struct Call: Sendable {
    var method: String
    /// What the caller gave, for all attempts together.
    var timeout: Duration
    /// When that is over.
    var deadline: NIODeadline
    var idempotencyKey: [UInt8] = []
    var traceContext = ""
    /// Makes the body in the connection's arena, so that its secrets are erased after sending.
    var encode: @Sendable (Arena) -> UnsafeRawBufferPointer
    /// Called exactly once, on the event loop, within the scope that the reply lives in.
    var finish: @Sendable (Arena, Outcome) -> Void
    var ticket: CallTicket

    enum Outcome {
        case reply(UnsafeRawBufferPointer)
        case failure(ClientError)
    }

    /// What the server is given of the time that is left: not all, so that its own answer, which
    /// knows whether the call was done, is here before the call is given up.
    static func timeout(ofWhatIsLeft left: Duration) -> Duration {
        max(left - min(left / 10, .milliseconds(100)), .milliseconds(1))
    }
}

/// What lets a cancelled task find its call, whichever of the two reaches the event loop first.
final class CallTicket: Sendable {
    private enum State { case waiting, cancelled, sent(UInt64) }
    private let state = Mutex(State.waiting)

    /// False: the task was cancelled before its call was sent.
    func send(_ callID: UInt64) -> Bool {
        state.withLock { state in
            if case .cancelled = state { return false }
            state = .sent(callID)
            return true
        }
    }

    /// The call to give up; nil when it was not sent and now never will be.
    func cancel() -> UInt64? {
        state.withLock { state in
            if case .sent(let callID) = state { return callID }
            state = .cancelled
            return nil
        }
    }
}
