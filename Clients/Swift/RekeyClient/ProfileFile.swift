import Glibc
import RekeyWire

/// A small file of a profile, whole, with errors that name it.
enum ProfileFile {
    /// More than any chain of certificates takes: a file beyond this is not the one that was meant.
    private static let bytesMax = 1024 * 1024

    /// Hands the bytes to `body` and erases them: a private key may be among them.
    ///
    /// - Parameter isSecret: refuse a file that others than its owner may touch.
    static func read<Result>(
        _ path: String, isSecret: Bool = false,
        _ body: ([UInt8]) throws(ClientError) -> Result
    ) throws(ClientError) -> Result {
        var bytes = try bytes(path, isSecret)
        defer { bytes.withUnsafeMutableBytes { eraseBytes($0) } }
        return try body(bytes)
    }

    private static func bytes(_ path: String, _ isSecret: Bool) throws(ClientError) -> [UInt8] {
        // Not blocking: nobody may be at the other end of a pipe.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(path, errno) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw .profileInvalid("\(path) is no file; name the folder of a profile")
        }
        let mode = status.st_mode & 0o777
        guard !isSecret || mode & 0o077 == 0 else {
            throw .profileInvalid(
                "\(path) has mode 0\(String(mode, radix: 8)), and others than its owner may read or "
                    + "change the private key in it; chmod 600 \(path)")
        }
        // One byte of room more than its size tells a file that has grown since.
        let size = Int(status.st_size)
        guard size <= bytesMax else {
            throw .profileInvalid("\(path) has \(size) bytes; is it the file that was meant?")
        }
        return try fill(descriptor, size, path)
    }

    private static func fill(
        _ descriptor: Int32, _ size: Int, _ path: String
    ) throws(ClientError) -> [UInt8] {
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: size + 1) { buffer, count in
            while count <= size {
                let got = Glibc.read(
                    descriptor, buffer.baseAddress.map { $0 + count }, size + 1 - count)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                count += got
            }
        }
        if let failure { throw unreadable(path, failure) }
        guard bytes.count == size else {
            throw .profileInvalid("\(path) changed while it was read; try again")
        }
        return bytes
    }

    private static func unreadable(_ path: String, _ error: Int32) -> ClientError {
        .profileInvalid("cannot read \(path): \(String(cString: strerror(error)))")
    }
}
