// Takes real files of a journal apart into pieces. For seeds only: it believes what it reads.

enum JournalReading {
    /// The file's header, whose numbers are kept, and its batches.
    static func pieces(of file: [UInt8]) -> [Piece] {
        var pieces: [Piece] = []
        var offset = JournalImage.blockBytes
        while offset < file.count, file[offset] != 0 {
            let end = offset + JournalImage.batchHeaderBytes + length(file, offset)
            pieces.append(Piece(bytes: Array(file[offset..<end])))
            let block = JournalImage.blockBytes
            offset = (end + block - 1) / block * block
        }
        let tail = (file.count - offset) / JournalImage.blockBytes
        let header = Piece(
            [.file, .number, .sequence, .epoch, .digest], gap: tail, bytes: Array(file[..<64]))
        return [header] + pieces
    }

    /// The payloads of all batches of one kind.
    static func payloads(of file: [UInt8], kind: UInt8) -> [[UInt8]] {
        pieces(of: file).dropFirst().filter { $0.bytes[4] == kind }
            .map { Array($0.bytes[JournalImage.batchHeaderBytes...]) }
    }

    /// A records payload, record by record.
    static func records(_ payload: [UInt8]) -> [[UInt8]] {
        var records: [[UInt8]] = []
        var offset = 0
        while offset < payload.count {
            let end = offset + 4 + Int(payload.number(at: offset, as: UInt32.self))
            records.append(Array(payload[offset + 4..<end]))
            offset = end
        }
        return records
    }

    private static func length(_ file: [UInt8], _ offset: Int) -> Int {
        Int(file.number(at: offset + 48, as: UInt32.self))
    }
}
