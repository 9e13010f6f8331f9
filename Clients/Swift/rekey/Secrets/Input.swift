import Glibc

/// Standard input: a terminal to prompt at, or lines from a pipe.
final class Input {
    let descriptor: Int32
    private var buffer: [UInt8] = []
    private var isAtEnd = false

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// The next line without its newline; nil at the end.
    func line() throws(CommandError) -> [UInt8]? {
        while true {
            if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
                defer { buffer.removeFirst(end + 1) }
                return Array(buffer[..<end])
            }
            guard try more() else { break }
        }
        guard !buffer.isEmpty else { return nil }
        defer { buffer = [] }
        return buffer
    }

    /// All that is left.
    func rest() throws(CommandError) -> [UInt8] {
        while try more() {}
        defer { buffer = [] }
        return buffer
    }

    private func more() throws(CommandError) -> Bool {
        guard !isAtEnd else { return false }
        let bytes = try Files.readSome(descriptor, "standard input")
        isAtEnd = bytes.isEmpty
        buffer += bytes
        guard buffer.count <= Files.bytesMax else { throw Files.tooLong("standard input") }
        return !isAtEnd
    }
}
