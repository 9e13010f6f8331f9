import NIOCore
import RekeyCore
import RekeyWire
import Synchronization

/// One call from `RekeyClient` to the connection's event loop, and its outcome back.
struct Call: Sendable {
    var method: String
    var timeout: Duration
    /// Makes the body in the connection's arena, so that its secrets are erased after sending.
    var encode: @Sendable (Arena) -> UnsafeRawBufferPointer
    /// Called exactly once, on the event loop, within the scope that the reply lives in.
    var finish: @Sendable (Arena, Outcome) -> Void
    var ticket: CallTicket

    enum Outcome {
        case reply(UnsafeRawBufferPointer)
        case failure(ClientError)
    }

    /// How long the server's own DEADLINE_EXCEEDED may take to arrive.
    static let grace: Duration = .seconds(1)
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
