import Glibc

/// Standard output or standard error.
struct Output {
    /// Of the terminal; nil where it is none.
    var columns: Int?
    var write: (String) throws(CommandError) -> Void

    /// Writes to a descriptor until all is there. A reader that has gone ends the process the way
    /// other commands end: quietly, by SIGPIPE.
    static func descriptor(_ descriptor: Int32) -> Output {
        Output(columns: columns(descriptor)) { text throws(CommandError) in
            var text = text
            let error = text.withUTF8 { write($0, to: descriptor) }
            guard let error else { return }
            if error == EPIPE {
                signal(SIGPIPE, SIG_DFL)
                SignalPipe.deliver(SIGPIPE)
            }
            throw CommandError(
                .cannotWrite, "FILE_UNWRITABLE",
                "cannot write to standard output: \(String(cString: strerror(error)))")
        }
    }

    /// nil, or the error number.
    private static func write(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Int32? {
        var rest = UnsafeRawBufferPointer(bytes)
        while !rest.isEmpty {
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count < 0, errno != EINTR { return errno }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(max(count, 0)))
        }
        return nil
    }

    private static func columns(_ descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
