import RekeyClient
import Synchronization

/// Counts what comes back, from any event loop.
final class Tally: Sendable {
    struct Counts: Sendable {
        var outcomes: [Outcome: Latencies] = [:]
        /// Why a connection ended, the first time that one did.
        var lost: ClientError?
    }

    private let counts = Mutex(Counts())

    var current: Counts { counts.withLock { $0 } }

    func count(_ time: Duration, _ error: ClientError?) {
        counts.withLock { counts in
            counts.outcomes[Outcome(error), default: Latencies()].record(time)
            if counts.lost == nil, error?.endsConnection == true { counts.lost = error }
        }
    }
}

extension ClientError {
    fileprivate var endsConnection: Bool {
        switch kind {
        case .connectionLost, .callerRefused: true
        default: false
        }
    }
}
