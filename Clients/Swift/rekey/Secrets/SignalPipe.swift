import Glibc

/// Signals as bytes of a pipe, so that whoever waits on a terminal hears of them on whatever thread
/// the kernel delivers them.
struct SignalPipe {
    let readEnd: Int32
    private let before: [(Int32, sighandler_t?)]

    private static let numbers = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP]

    init() throws(CommandError) {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else {
            throw .cannotRead("the terminal", errno)
        }
        readEnd = ends[0]
        signalPipeWriteEnd = ends[1]
        before = Self.numbers.map { number in
            let handler = signal(number) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                _ = write(signalPipeWriteEnd, &byte, 1)
            }
            return (number, handler)
        }
    }

    /// Waits until there is one; nil when it cannot be read.
    func next() -> Int32? {
        var byte: UInt8 = 0
        return read(readEnd, &byte, 1) == 1 ? Int32(byte) : nil
    }

    /// Does to this process what the signal does, before this returns. Threads of a pool block
    /// signals, and a blocked one would only wait.
    static func deliver(_ number: Int32) {
        var one = sigset_t()
        var before = sigset_t()
        sigemptyset(&one)
        sigaddset(&one, number)
        pthread_sigmask(SIG_UNBLOCK, &one, &before)
        raise(number)
        pthread_sigmask(SIG_SETMASK, &before, nil)
    }

    /// Signals do again what they did before.
    func close() {
        for (number, handler) in before { signal(number, handler) }
        Glibc.close(readEnd)
        Glibc.close(signalPipeWriteEnd)
    }
}

/// What the handler writes to: a handler can reach nothing but globals. One question at a time.
nonisolated(unsafe) private var signalPipeWriteEnd: Int32 = -1
