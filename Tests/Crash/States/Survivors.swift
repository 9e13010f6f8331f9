// Which of the changes on their way to a disk a power cut leaves. Pure.

/// For each pending name whether it survives, for each pending write which of its sectors do.
struct Survivors {
    /// What survives of one write.
    struct Write: Equatable {
        /// Bit n: the n-th 512 bytes.
        var sectors: UInt64
        /// The file is as long as if the write had been whole; what is missing reads as zeros.
        var keepsLength = false

        static let kept = Write(sectors: .max)
        static let dropped = Write(sectors: 0)
        static let lengthAlone = Write(sectors: 0, keepsLength: true)

        func apply(_ write: CrashModel.PendingWrite, to content: inout [UInt8]) {
            let sector = CrashModel.sectorBytes
            var index = 0
            while index < write.sectors {
                guard sectors >> UInt64(index) & 1 == 1 else {
                    index += 1
                    continue
                }
                var end = index + 1
                while end < write.sectors, sectors >> UInt64(end) & 1 == 1 { end += 1 }
                let from = index * sector
                let to = min(end * sector, write.bytes.count)
                Self.copy(
                    write.bytes[write.bytes.startIndex + from..<write.bytes.startIndex + to],
                    to: &content, at: write.offset + from)
                index = end
            }
            if keepsLength { Self.extend(&content, to: write.offset + write.bytes.count) }
        }

        private static func copy(_ bytes: ArraySlice<UInt8>, to content: inout [UInt8], at: Int) {
            extend(&content, to: at + bytes.count)
            content.withUnsafeMutableBytes { content in
                bytes.withUnsafeBytes { bytes in
                    UnsafeMutableRawBufferPointer(rebasing: content[at..<at + bytes.count])
                        .copyMemory(from: bytes)
                }
            }
        }

        private static func extend(_ content: inout [UInt8], to length: Int) {
            guard content.count < length else { return }
            content += [UInt8](repeating: 0, count: length - content.count)
        }
    }

    var names: [Bool]
    var writes: [Write]
}
