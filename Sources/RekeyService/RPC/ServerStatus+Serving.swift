public import RekeyCore
import RekeyStore
import Synchronization

extension ServerStatus: ServedAtOnce {
    public static func answerNow(
        _ request: Request, _ call: Call, _ service: Service
    ) throws(Refusal) -> Reply {
        let store = service.store.status()
        return Reply(
            startedAt: service.state.startedAt, now: store.now, accounts: store.accounts,
            lettersWaiting: store.lettersWaiting, durableSequence: store.durableSequence,
            logBytesSinceCheckpoint: store.logBytesSinceCheckpoint,
            connections: service.state.connections.load(ordering: .relaxed),
            isDiskFull: store.isFull, clockAhead: store.clockAhead,
            certificateValidUntil: service.state.certificateValidUntil,
            handshakesFailed: service.state.handshakesFailed.load(ordering: .relaxed))
    }
}
