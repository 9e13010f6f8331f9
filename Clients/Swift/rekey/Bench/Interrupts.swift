import Dispatch
import Glibc
import Synchronization

/// Ctrl-C as something to react to. Once: the second one ends the process as ever.
final class Interrupts {
    private let first = FirstInterrupt()
    private let source: any DispatchSourceRead

    init() throws(CommandError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw .cannotRead("a pipe", errno)
        }
        let (readEnd, writeEnd) = (ends[0], ends[1])
        source = DispatchSource.makeReadSource(fileDescriptor: readEnd)
        source.setEventHandler { [first] in
            var byte: UInt8 = 0
            if read(readEnd, &byte, 1) == 1 { first.occur() }
        }
        source.setCancelHandler {
            Glibc.close(readEnd)
            Glibc.close(writeEnd)
        }
        source.resume()
        interruptsWriteEnd = writeEnd
        signal(SIGINT) { number in
            signal(number, SIG_DFL)
            var byte: UInt8 = 0
            _ = write(interruptsWriteEnd, &byte, 1)
        }
    }

    var haveOccurred: Bool { first.hasOccurred }

    /// What to do then, instead of what was to be done before; at once if it is too late.
    func notify(_ react: @escaping @Sendable () -> Void) { first.notify(react) }

    /// Ctrl-C does again what it always does.
    func close() {
        signal(SIGINT, SIG_DFL)
        source.cancel()
    }
}

/// What the handler writes to: a handler can reach nothing but globals. One run at a time.
nonisolated(unsafe) private var interruptsWriteEnd: Int32 = -1

/// What the signal's thread and the run share.
private final class FirstInterrupt: Sendable {
    private struct State {
        var hasOccurred = false
        var react: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())

    var hasOccurred: Bool { state.withLock(\.hasOccurred) }

    func notify(_ react: @escaping @Sendable () -> Void) {
        let isLate = state.withLock { state in
            state.react = react
            return state.hasOccurred
        }
        if isLate { react() }
    }

    func occur() {
        let react = state.withLock { state in
            state.hasOccurred = true
            return state.react
        }
        react()
    }
}
