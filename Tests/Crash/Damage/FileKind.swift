// The kinds of file that a journal's directory holds. Names as the format states them.
import RekeySimulation

/// What a damaged file was for.
enum FileKind: String, CaseIterable {
    case log, checkpoint, manifest

    init(_ path: String) {
        self =
            path.contains("/log/") ? .log : path.contains("/checkpoint/") ? .checkpoint : .manifest
    }
}

extension Specimen {
    /// Segments or checkpoints, ascending.
    func files(_ kind: FileKind) -> [String] {
        image.files.keys.filter { FileKind($0) == kind && !$0.hasSuffix(".tmp") }.sorted()
    }

    /// Whether only zeros are left where the last batch was.
    func isLastBatchErased(in damaged: DiskImage) -> Bool {
        guard let path = files(.log).last, let bytes = image.files[path],
            let start = Array(stride(from: 0, to: bytes.count, by: 4096)).last(where: {
                bytes[$0...].starts(with: "RKYB".utf8)
            })
        else { return false }
        return damaged.files[path]?.dropFirst(start).allSatisfy { $0 == 0 } ?? true
    }

    /// Whether something that a start reads is not what was written: a byte under a checksum, or a
    /// length. Padding behind a batch is not, nor is an older checkpoint.
    func isChanged(in damaged: DiskImage) -> Bool {
        let manifest = image.files.keys.filter { $0.hasSuffix("/manifest") }
        return (manifest + files(.log) + files(.checkpoint).suffix(1)).contains { path in
            // A file that is gone is missed only when something in it was needed.
            guard let bytes = image.files[path], let found = damaged.files[path] else {
                return false
            }
            return bytes.count != found.count
                || bytes != found && Self.covered(bytes).contains { bytes[$0] != found[$0] }
        }
    }

    /// The first block, and each batch without its padding.
    private static func covered(_ bytes: [UInt8]) -> [Range<Int>] {
        var ranges = [0..<min(4096, bytes.count)]
        var offset = 4096
        while offset < bytes.count, bytes[offset...].starts(with: "RKYB".utf8) {
            let length = bytes[offset + 48..<offset + 52]
            let payload = length.reversed().reduce(0) { $0 << 8 | Int($1) }
            ranges.append(offset..<offset + 64 + payload)
            offset += (64 + payload + 4095) / 4096 * 4096
        }
        return ranges
    }

    /// The name of the segment that would come next.
    var nextSegment: String {
        guard let last = files(.log).last,
            let number = UInt64(last.dropLast(4).suffix(16), radix: 16)
        else { return "" }
        let digits = String(number + 1, radix: 16)
        return last.dropLast(20) + String(repeating: "0", count: 16 - digits.utf8.count) + digits
            + ".log"
    }
}
