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
