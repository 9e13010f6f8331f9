import Glibc

/// Many lines for a file or a pipe, in large writes.
struct LineOutput {
    private static let bufferBytes = 64 * 1024

    private let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32) {
        self.descriptor = descriptor
        buffer.reserveCapacity(Self.bufferBytes)
    }

    mutating func write(_ line: String) throws(Failure) {
        buffer += line.utf8
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferBytes { try flush() }
    }

    /// A reader that has gone ends the process as it ends every command of a pipe: quietly.
    mutating func flush() throws(Failure) {
        var written = 0
        while written < buffer.count {
            let count = buffer.withUnsafeBytes { bytes in
                Glibc.write(
                    descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno == EPIPE {
                Self.dieOfBrokenPipe()
            } else if errno != EINTR {
                throw Failure(
                    Failure.diskFailed, "standard output: \(String(cString: strerror(errno)))")
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }

    /// Whoever started this process may have had the signal ignored, and threads of a pool block it.
    private static func dieOfBrokenPipe() -> Never {
        var one = sigset_t()
        sigemptyset(&one)
        sigaddset(&one, SIGPIPE)
        signal(SIGPIPE, SIG_DFL)
        pthread_sigmask(SIG_UNBLOCK, &one, nil)
        raise(SIGPIPE)
        _exit(128 + SIGPIPE)
    }
}
