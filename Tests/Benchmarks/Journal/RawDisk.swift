// The limit: a bare loop of pwrite and fdatasync into a file whose blocks are written already.
import Foundation
import Glibc

/// A file of zeros, written over and over.
final class RawDisk {
    private let descriptor: Int32
    private let fileBytes = 64 << 20
    private var offset = 0
    private let zeros: UnsafeMutableRawBufferPointer

    init(_ path: String) throws {
        descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        zeros = .allocate(byteCount: 1 << 20, alignment: 4096)
        zeros.initializeMemory(as: UInt8.self, repeating: 0xA5)
        guard descriptor >= 0 else { throw POSIXError(.init(rawValue: errno) ?? .EIO) }
        for start in stride(from: 0, to: fileBytes, by: zeros.count) {
            try write(zeros.count, at: start)
        }
        guard fsync(descriptor) == 0 else { throw POSIXError(.EIO) }
    }

    deinit {
        close(descriptor)
        zeros.deallocate()
    }

    /// Writes and syncs `bytes` again and again; nanoseconds of each turn.
    func run(_ bytes: Int, for turn: Duration) throws -> [UInt64] {
        var took: [UInt64] = []
        let end = Stopwatch.now + turn.nanoseconds
        var now = Stopwatch.now
        while now < end {
            if offset + bytes > fileBytes { offset = 0 }
            try write(bytes, at: offset)
            guard fdatasync(descriptor) == 0 else { throw POSIXError(.EIO) }
            offset += bytes
            let then = Stopwatch.now
            took.append(then - now)
            now = then
        }
        return took
    }

    private func write(_ bytes: Int, at offset: Int) throws {
        guard pwrite(descriptor, zeros.baseAddress, bytes, off_t(offset)) == bytes else {
            throw POSIXError(.EIO)
        }
    }
}

extension Duration {
    var nanoseconds: UInt64 {
        UInt64(components.seconds) * 1_000_000_000
            + UInt64(components.attoseconds / 1_000_000_000)
    }
}
