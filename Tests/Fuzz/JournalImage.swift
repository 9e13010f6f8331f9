// The files of a journal made from pieces: laid out on blocks, headers and checksums put right where
// the pieces let it. Knows the format from the comment of Format.swift, and no code of the journal's.
import RekeyJournal
import RekeySimulation

/// Files being made, one behind the other, each beginning where the chain of the one before ended.
struct JournalImage {
    static let blockBytes = 4096
    static let batchHeaderBytes = 64
    /// A little above the 1 MiB that a batch in flight may reach.
    static let blocksMax = 320
    static let storeID = StoreID(high: 0x0102_0304_0506_0708, low: 0x1112_1314_1516_1718)
    static let directory = "journal"
    static let options = JournalOptions(segmentBytes: 32 << 10, batchBytes: 8 << 10)

    private(set) var files: [String: [UInt8]] = [:]
    private var sequence: UInt64 = 0
    private var epoch: UInt64 = 0
    private var digest: UInt64 = 0
    private var lastSegment: UInt64 = 0
    private var blocksLeft = blocksMax

    enum Kind {
        case segment, checkpoint
    }

    /// Adds a file whose first piece is its header.
    mutating func add(_ kind: Kind, _ pieces: [Piece]) {
        guard let header = pieces.first else { return }
        var (file, places) = layOut(pieces)
        sealHeader(&file, kind, header.keeps)
        var chunks: UInt64 = 0
        var chunkBytes: UInt64 = 0
        for (piece, place) in zip(pieces.dropFirst(), places) {
            state(&file, place, piece, chunks, chunkBytes)
            sealBatch(&file, place, piece.keeps)
            chunks += 1
            chunkBytes += UInt64(payload(file, place).count)
        }
        let number = file.number(at: 32, as: UInt64.self)
        switch kind {
        case .segment: files["log/\(Self.hex(number)).log"] = file
        case .checkpoint:
            files["checkpoint/\(Self.hex(number)).checkpoint"] = file
            // A log that goes on behind it.
            (sequence, epoch, digest) = (number, file.number(at: 48, as: UInt64.self), 0)
        }
    }

    /// A disk with these files and nothing else of a journal but its manifest.
    func disk() -> SimulatedDisk {
        let disk = Self.empty.copy()
        do {
            for (name, bytes) in files {
                let path = "\(Self.directory)/\(name)"
                let file = try disk.open(path, .create)
                defer { disk.close(file) }
                try bytes.withUnsafeBytes { try disk.write(file, $0, at: 0) }
            }
        } catch {
            broken("files can be written: \(error)")
        }
        return disk.copy()
    }

    private static let empty: SimulatedDisk = {
        let disk = SimulatedDisk()
        Opening.must("an empty journal can be made") { () throws(JournalError) in
            try Journal.create(
                directory: directory, disk: disk, options: options, storeID: storeID, tag: [])
            try disk.unlink("\(directory)/log/\(hex(1)).log")
        }
        return disk
    }()

    static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    // MARK: laying out

    private mutating func layOut(_ pieces: [Piece]) -> (file: [UInt8], places: [Int]) {
        var file: [UInt8] = []
        var places: [Int] = []
        for (index, piece) in pieces.enumerated() {
            let gap = index == 0 ? 0 : piece.gap
            let bytes = index == 0 ? Array(piece.bytes.prefix(Self.blockBytes)) : piece.bytes
            let blocks = max(1, (bytes.count + Self.blockBytes - 1) / Self.blockBytes)
            guard gap + blocks <= blocksLeft else { break }
            blocksLeft -= gap + blocks
            file += [UInt8](repeating: 0, count: gap * Self.blockBytes)
            if index > 0 { places.append(file.count) }
            file += bytes
            file += [UInt8](repeating: 0, count: blocks * Self.blockBytes - bytes.count)
        }
        let tail = min(pieces[0].gap, blocksLeft)
        blocksLeft -= tail
        file += [UInt8](repeating: 0, count: tail * Self.blockBytes)
        return (file, places)
    }

    // MARK: a file's header

    private mutating func sealHeader(_ file: inout [UInt8], _ kind: Kind, _ keeps: Piece.Keeps) {
        if file.isEmpty { file = [UInt8](repeating: 0, count: Self.blockBytes) }
        let isSegment = kind == .segment
        if !keeps.contains(.constants) {
            file.replaceSubrange(0..<8, with: (isSegment ? "RKYSEGMT" : "RKYCHECK").utf8)
            file.put(UInt32(1), at: 8)
            Self.putStoreID(&file, at: 16)
        }
        if !keeps.contains(.number) {
            file.put(isSegment ? lastSegment &+ 1 : sequence &+ 1, at: 32)
        }
        if !keeps.contains(.sequence) { file.put(isSegment ? sequence &+ 1 : 1, at: 40) }
        if !keeps.contains(.epoch) { file.put(epoch, at: 48) }
        if !keeps.contains(.digest) { file.put(isSegment ? digest : 0, at: 56) }
        if !keeps.contains(.lengths) { file.put(isSegment ? UInt64(file.count) : 0, at: 64) }
        if !keeps.contains(.headerChecksum) { file.put(file.checksum(0..<4092), at: 4092) }
        if isSegment { lastSegment = file.number(at: 32, as: UInt64.self) }
        sequence = file.number(at: 40, as: UInt64.self) &- 1
        epoch = file.number(at: 48, as: UInt64.self)
        digest = file.number(at: 56, as: UInt64.self)
    }

    // MARK: a batch

    /// Kind, lengths and counts.
    private func state(
        _ file: inout [UInt8], _ place: Int, _ piece: Piece, _ chunks: UInt64, _ bytes: UInt64
    ) {
        if !piece.keeps.contains(.constants) {
            file.replaceSubrange(place..<place + 4, with: "RKYB".utf8)
            if !(1...7).contains(file[place + 4]) { file[place + 4] = file[place + 4] % 7 + 1 }
            file.replaceSubrange(place + 5..<place + 8, with: [0, 0, 0])
            Self.putStoreID(&file, at: place + 8)
        }
        guard !piece.keeps.contains(.lengths) else { return }
        if file[place + 4] == 7 {
            file.put(UInt32(16), at: place + 48)
            file.put(chunks, at: place + 64)
            file.put(bytes, at: place + 72)
        } else {
            file.put(UInt32(max(0, piece.bytes.count - 64)), at: place + 48)
        }
        let records = file[place + 4] == 1 ? Self.records(in: payload(file, place)) : 0
        if let records { file.put(records, at: place + 52) }
    }

    private mutating func sealBatch(_ file: inout [UInt8], _ place: Int, _ keeps: Piece.Keeps) {
        if !keeps.contains(.epoch) {
            file.put(file[place + 4] == 5 ? epoch &+ 1 : epoch, at: place + 24)
        }
        if !keeps.contains(.sequence) { file.put(sequence &+ 1, at: place + 32) }
        if !keeps.contains(.digest) { file.put(digest, at: place + 40) }
        if !keeps.contains(.payloadChecksum) {
            file.put(file.checksum(payload(file, place).indices), at: place + 56)
        }
        if !keeps.contains(.headerChecksum) {
            file.put(file.checksum(place..<place + 60), at: place + 60)
        }
        epoch = file.number(at: place + 24, as: UInt64.self)
        sequence = file.number(at: place + 32, as: UInt64.self)
        digest =
            UInt64(file.number(at: place + 60, as: UInt32.self))
            | UInt64(file.number(at: place + 56, as: UInt32.self)) << 32
    }

    /// What the header calls its payload, as far as the file goes.
    private func payload(_ file: [UInt8], _ place: Int) -> ArraySlice<UInt8> {
        let start = place + Self.batchHeaderBytes
        let length = Int(file.number(at: place + 48, as: UInt32.self))
        return file[start..<start + min(length, file.count - start)]
    }

    /// How many records the payload's lengths make; nil when they do not fill it.
    private static func records(in payload: ArraySlice<UInt8>) -> UInt32? {
        let payload = Array(payload)
        var (count, offset) = (UInt32(0), 0)
        while payload.count - offset >= 4 {
            offset += 4 + Int(payload.number(at: offset, as: UInt32.self))
            count += 1
        }
        return offset == payload.count ? count : nil
    }

    private static func putStoreID(_ file: inout [UInt8], at offset: Int) {
        file.put(storeID.high, at: offset)
        file.put(storeID.low, at: offset + 8)
    }
}
