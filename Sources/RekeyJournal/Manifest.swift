// Which store this is and in which format: one block, written once, read before anything else.

/// The manifest. `tag` is the owner's (at most 64 bytes): a journal opens only for who brings it.
struct Manifest: Equatable {
    var storeID: StoreID
    var tag: [UInt8]

    /// Write, sync, rename, sync the directory.
    func write(to layout: Layout, on disk: any Disk) throws(JournalError) {
        let block = AlignedBuffer(byteCount: Format.blockBytes)
        encode(into: block.bytes)
        let temporary = layout.manifest + Layout.temporary
        try disk.withFile(temporary, .create) { (file) throws(JournalError) in
            try disk.write(file, block.first(Format.blockBytes), at: 0)
            try disk.sync(file, .manifestSync)
        }
        try disk.rename(temporary, to: layout.manifest)
        try disk.syncDirectory(layout.directory, .manifestNameSync)
    }

    static func read(from layout: Layout, on disk: any Disk) throws(JournalError) -> Manifest {
        // One block more, so that a longer file is seen to be longer.
        let buffer = AlignedBuffer(byteCount: 2 * Format.blockBytes)
        let count = try disk.withFile(layout.manifest, .read) { (file) throws(JournalError) in
            try disk.sync(file, .readSync)
            return try disk.read(file, into: buffer.bytes, at: 0)
        }
        return try Manifest(buffer.first(count), path: layout.manifest)
    }

    func encode(into block: UnsafeMutableRawBufferPointer) {
        block.zero(0..<Format.blockBytes)
        block.put(Format.manifestMagic, at: 0)
        block.put(Format.version, at: 8)
        block.put(UInt32(tag.count), at: 12)
        block.put(storeID, at: 16)
        for (index, byte) in tag.enumerated() { block[32 + index] = byte }
        block.put(UnsafeRawBufferPointer(block).slice(0, 4092).checksum, at: 4092)
    }

    /// Throws `.unknownVersion` before it looks at the rest, which another version may lay out anew.
    init(_ block: UnsafeRawBufferPointer, path: String) throws(JournalError) {
        guard block.count >= 12, block.number(at: 0, as: UInt64.self) == Format.manifestMagic else {
            throw .corrupt(path, at: 0, expected: "a manifest", found: "other bytes")
        }
        let version = block.number(at: 8, as: UInt32.self)
        guard version == Format.version else {
            throw JournalError(
                .unknownVersion,
                "\(path) is of format version \(version), and this program reads version "
                    + "\(Format.version): run the release that wrote it. Nothing was changed")
        }
        guard block.count == Format.blockBytes else {
            throw .corrupt(path, at: 0, expected: "4096 bytes", found: "\(block.count)")
        }
        let stated = block.number(at: 4092, as: UInt32.self)
        let actual = block.slice(0, 4092).checksum
        guard stated == actual || !Tooth.manifestChecksum.holds else {
            throw .corrupt(path, at: 4092, expected: "checksum \(stated)", found: "\(actual)")
        }
        let tagBytes = Int(block.number(at: 12, as: UInt32.self))
        guard tagBytes <= Format.tagBytesMax else {
            throw .corrupt(path, at: 12, expected: "at most 64", found: "\(tagBytes)")
        }
        guard block.slice(32 + tagBytes, 4060 - tagBytes).isZero else {
            throw .corrupt(path, at: 32 + UInt64(tagBytes), expected: "zeros", found: "other bytes")
        }
        storeID = block.storeID(at: 16)
        tag = Array(block.slice(32, tagBytes))
    }

    init(storeID: StoreID, tag: [UInt8]) {
        self.storeID = storeID
        self.tag = tag
    }
}
