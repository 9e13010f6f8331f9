import Glibc

/// Asks at a terminal. Whatever ends the question, the terminal echoes again afterwards.
enum Prompt {
    /// A line that is not shown while it is typed, without its newline.
    static func hidden(
        _ question: String, at terminal: Int32
    ) throws(CommandError) -> [UInt8] {
        while true {
            switch try ask(question, at: terminal) {
            case .line(let line): return line
            case .signal(let number):
                // The question is over and the terminal as it was: now the signal does what it
                // does. After a stop the question is asked again.
                SignalPipe.deliver(number)
            }
        }
    }

    /// A line that is shown.
    static func shown(_ question: String, _ input: Input) throws(CommandError) -> [UInt8] {
        try Output.descriptor(STDERR_FILENO).write(question)
        return try input.line() ?? []
    }

    private enum Answer { case line([UInt8]), signal(Int32) }

    private static func ask(
        _ question: String, at terminal: Int32
    ) throws(CommandError) -> Answer {
        var before = termios()
        guard tcgetattr(terminal, &before) == 0 else {
            throw .cannotRead("the terminal", errno)
        }
        let signals = try SignalPipe()
        defer { signals.close() }
        var hidden = before
        hidden.c_lflag &= ~tcflag_t(ECHO)
        guard tcsetattr(terminal, TCSAFLUSH, &hidden) == 0 else {
            throw .cannotRead("the terminal", errno)
        }
        defer { tcsetattr(terminal, TCSAFLUSH, &before) }
        let errors = Output.descriptor(STDERR_FILENO)
        try errors.write(question)
        let answer = try wait(terminal, signals)
        try errors.write("\n")
        return answer
    }

    private static func wait(
        _ terminal: Int32, _ signals: SignalPipe
    ) throws(CommandError) -> Answer {
        var line: [UInt8] = []
        while true {
            var ready = [
                pollfd(fd: signals.readEnd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: terminal, events: Int16(POLLIN), revents: 0),
            ]
            // Interrupted, it says nothing of the two: only what it filled in may be read.
            guard poll(&ready, 2, -1) > 0 else { continue }
            if ready[0].revents != 0, let number = signals.next() { return .signal(number) }
            guard ready[1].revents != 0 else { continue }
            let bytes = try Files.readSome(terminal, "the terminal")
            guard !bytes.isEmpty else {
                throw .usage("the input ended before an answer")
            }
            line += bytes
            if line.last == UInt8(ascii: "\n") { return .line(Array(line.dropLast())) }
        }
    }
}
