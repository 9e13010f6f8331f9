// One block-aligned part of a file, as a fuzz input states it: a file's header, or a batch. Whatever
// would make the journal refuse it at once is put right by JournalImage, unless the input says to
// leave it; so mutations get behind the checksums, and those that must stop at one are made too.

/// What an input says about one header and the bytes behind it:
///
///     0  1  `Keeps`
///     1  1  zero blocks before it; for a file's header: zero blocks at the end of the file
///     2  2  number of bytes that follow
///     4  .  those bytes; zeros fill the block
struct Piece {
    /// What stays as the input has it; all else is put right. Zero is a valid batch that follows.
    struct Keeps: OptionSet {
        let rawValue: UInt8

        static let headerChecksum = Keeps(rawValue: 1)
        /// For a file's header: its number.
        static let payloadChecksum = Keeps(rawValue: 2)
        static let number = Keeps(rawValue: 2)
        static let digest = Keeps(rawValue: 4)
        static let sequence = Keeps(rawValue: 8)
        static let epoch = Keeps(rawValue: 16)
        /// Magic, version, kind, store id and zeros.
        static let constants = Keeps(rawValue: 32)
        /// Payload length and number of records; for a file's header: the file's length.
        static let lengths = Keeps(rawValue: 64)
        /// A new file begins here, with a header.
        static let file = Keeps(rawValue: 128)
    }

    var keeps: Keeps
    var gap: Int
    var bytes: [UInt8]

    init(_ keeps: Keeps = [], gap: Int = 0, bytes: [UInt8] = []) {
        self.keeps = keeps
        self.gap = gap
        self.bytes = bytes
    }

    /// A batch of this kind (Format.swift) and payload, with everything else to be put right.
    init(kind: UInt8, payload: [UInt8]) {
        var header = [UInt8](repeating: 0, count: JournalImage.batchHeaderBytes)
        header[4] = kind
        self.init(bytes: header + payload)
    }

    /// The next piece of an input; nil at its end.
    init?(_ input: inout FuzzInput) {
        guard let keeps = input.byte(), let gap = input.byte(),
            let count = input.number(UInt16.self)
        else { return nil }
        self.init(Keeps(rawValue: keeps), gap: Int(gap), bytes: input.bytes(Int(count)))
    }

    /// The same, as an input states it.
    var encoded: [UInt8] {
        [keeps.rawValue, UInt8(gap)] + .of(UInt16(bytes.count)) + bytes
    }
}
