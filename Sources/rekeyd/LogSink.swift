import Dispatch
import Foundation
import Synchronization

/// Where log lines go: standard error, from a thread of its own. A reader that hangs costs lines, not
/// the server; how many is said as soon as it reads on.
final class LogSink: Sendable {
    static let standardError = LogSink()

    /// Lines that may wait.
    private static let waitingMax = 1000

    private let queue = DispatchQueue(label: "rekey.log")
    private let state = Mutex<(waiting: Int, dropped: Int)>((0, 0))

    func write(_ line: String) {
        let isRoom = state.withLock { state in
            guard state.waiting < Self.waitingMax else {
                state.dropped += 1
                return false
            }
            state.waiting += 1
            return true
        }
        guard isRoom else { return }
        queue.async { [self] in
            let dropped = state.withLock { state in
                defer { state = (state.waiting - 1, 0) }
                return state.dropped
            }
            let notice = dropped == 0 ? "" : "\(dropped) log lines were dropped\n"
            // A log that cannot be written is no reason to stop serving.
            try? FileHandle.standardError.write(contentsOf: Data((line + "\n" + notice).utf8))
        }
    }

    /// Waits a moment for what was said to be written, before the process ends.
    func flush() {
        let written = DispatchSemaphore(value: 0)
        queue.async { written.signal() }
        _ = written.wait(timeout: .now() + .seconds(1))
    }
}
