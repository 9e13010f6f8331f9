import Glibc

/// Small files, whole, with errors that name them.
enum Files {
    /// More than any request holds: a file beyond this is not the one that was meant.
    static let bytesMax = 1024 * 1024

    static func read(_ path: String) throws(CommandError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cannotRead(path, errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        while true {
            let some = try readSome(descriptor, path)
            if some.isEmpty { return bytes }
            bytes += some
            guard bytes.count <= bytesMax else { throw tooLong(path) }
        }
    }

    /// The same without the one newline that an editor puts at the end.
    static func readWithoutNewline(_ path: String) throws(CommandError) -> [UInt8] {
        let bytes = try read(path)
        return bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes
    }

    /// What is there now; nothing at the end.
    static func readSome(_ descriptor: Int32, _ name: String) throws(CommandError) -> [UInt8] {
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
            var got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            while got < 0, errno == EINTR {
                got = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            }
            if got < 0 { failure = errno }
            count = max(got, 0)
        }
        if let failure { throw .cannotRead(name, failure) }
        return bytes
    }

    static func tooLong(_ name: String) -> CommandError {
        CommandError(
            .cannotRead, "FILE_UNREADABLE", "\(name) is longer than \(bytesMax) bytes",
            advice: "is it the file that was meant?")
    }
}

extension CommandError {
    static func cannotRead(_ name: String, _ error: Int32) -> CommandError {
        CommandError(
            .cannotRead, "FILE_UNREADABLE",
            "cannot read \(name): \(String(cString: strerror(error)))")
    }

    static func cannotWrite(_ name: String, _ error: Int32) -> CommandError {
        CommandError(
            .cannotWrite, "FILE_UNWRITABLE",
            "cannot write \(name): \(String(cString: strerror(error)))")
    }
}
