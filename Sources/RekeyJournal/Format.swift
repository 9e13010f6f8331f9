// The format of a journal, version 1. Whoever writes another implementation needs this file alone.
//
// A directory:
//
//     lock                                  empty; locked (flock) for as long as a process has it open
//     manifest                              which store, which format
//     log/<segment number>.log              the batches; 16 lower-case hex digits, from 1, no gaps
//     checkpoint/<sequence>.checkpoint      the state as of that sequence, 16 lower-case hex digits
//     quarantine/<sequence>-<n>.torn        what a crash left of the batch in flight
//     quarantine/<sequence>-<n>.checkpoint  a checkpoint that did not verify
//     */*.tmp                               being written; removed at the next opening, unless the last
//                                           segment is sealed: then log/next.tmp becomes the next one
//
// Numbers are little-endian. Every checksum is CRC32C (RFC 3720, 12.1). A block is 4,096 bytes, and
// whatever has a header begins on a block. "Zero" bytes must be zero; zeros alone are never valid.
//
// manifest, one block, valid if and only if its length is 4,096, magic and version match, the tag's
// length is at most 64 and the checksum holds:
//
//        0   8  magic "RKYMANIF"
//        8   4  version, 1
//       12   4  length of the tag, T
//       16  16  store id
//       32   T  tag: the owner's, compared and never understood
//     32+T   .  zero
//     4092   4  checksum of bytes 0 to 4,091
//
// File header, the first block of a segment and of a checkpoint, valid if and only if magic, version,
// store id and checksum hold, and the number is the one in the file's name:
//
//        0   8  magic "RKYSEGMT" or "RKYCHECK"
//        8   4  version, 1
//       12   4  zero
//       16  16  store id
//       32   8  segment: its number. Checkpoint: the sequence of the last batch it contains
//       40   8  sequence of the first batch in this file (checkpoint: 1, chunks are counted from 1)
//       48   8  open epoch at the time of writing
//       56   8  digest of the batch before the first (checkpoint, and segment 1: zero)
//       64   8  segment: length of the file in bytes. Checkpoint: zero
//       72   .  zero
//     4092   4  checksum of bytes 0 to 4,091
//
// Batch: header, payload, and bytes up to the next block that count for nothing. At most 1 MiB with
// its header. The header, valid if and only if magic, kind, store id, zeros, payload length (at most
// 1 MiB - 64) and checksum hold, sequence and epoch are at most 2^62, the sequence is not zero, and the
// kind may carry what it does (below):
//
//        0   4  magic "RKYB"
//        4   1  kind: 1 records, 2 floor, 3 seal, 4 close, 5 open, 6 chunk, 7 footer
//        5   3  zero
//        8  16  store id
//       24   8  open epoch
//       32   8  sequence
//       40   8  digest of the batch before: its header's checksum + 2^32 x its payload's checksum
//       48   4  payload length
//       52   4  number of records in the payload
//       56   4  checksum of the payload
//       60   4  checksum of bytes 0 to 59
//       64   .  payload
//
// A batch is valid if and only if its header and the checksum of its payload are. It *follows* the
// batch before it if and only if its sequence is one more, its digest is that batch's, and its epoch is
// the same (kind open: greater). The first batch of a file follows what the file's header states: the
// sequence before its first, its digest, its epoch. A segment's header states the seal before it.
//
//     records  u32 length, then that many bytes, as often as the header says; nothing behind.
//              A record is its owner's; here its first byte is its type and version (RekeyStore/Records)
//     floor    empty. All before it was durable before it was written
//     seal     empty. The last batch of its segment. Segment n+1 has its name only when n's seal is
//              durable; n's seal is written only when what becomes n+1 is durable, zeroed and with its
//              header, as log/next.tmp
//     close    empty. The process ended in order
//     open     empty. A process begins to write, one epoch later
//     chunk    a piece of a checkpoint, opaque
//     footer   the last batch of a checkpoint: u64 number of chunks, u64 bytes in them
//
// Chunk and footer stand in checkpoints only, the others in segments only. The number of records is
// zero for all kinds but records.
//
// A segment is filled with zeros to its full length before its name appears. Behind the last valid
// batch come zeros, or one batch that was in flight at a crash, or damage. It was in flight if and only
// if the last valid batch is no seal, no later segment exists, no checkpoint's name states a sequence
// above the last valid batch's, no byte that is not zero lies 1 MiB or more behind the place where the
// batch would begin, no valid header that does not follow stands at that place, and none of this
// epoch or a later one and a higher sequence on any block behind it.
// A log is valid if and only if every segment is, all but the last are sealed (behind a sealed last one
// there is log/next.tmp, valid as the segment after it and empty), each batch follows the
// one before, and it begins at or before the batch after the checkpoint in use (without one, at 1).
// A checkpoint is valid if and only if its chunks follow each other, and a footer with the right
// numbers follows them and ends the file.

/// The numbers of the format, as the comment above defines them.
enum Format {
    static let version: UInt32 = 1
    static let blockBytes = 4096
    static let batchBytesMax = 1 << 20
    static let batchHeaderBytes = 64
    static let payloadBytesMax = batchBytesMax - batchHeaderBytes
    static let recordPrefixBytes = 4
    static let tagBytesMax = 64
    /// No sequence, epoch or segment number goes beyond: at a million a second it takes 146,000 years,
    /// so a larger one is damage, and counting on from a valid one never overflows.
    static let numberMax: UInt64 = 1 << 62

    static let manifestMagic = ascii("RKYMANIF")
    static let segmentMagic = ascii("RKYSEGMT")
    static let checkpointMagic = ascii("RKYCHECK")
    static let batchMagic = UInt32(truncatingIfNeeded: ascii("RKYB"))

    /// What a batch with this much payload takes on the disk: whole blocks.
    static func batchBytes(payload: Int) -> Int {
        (batchHeaderBytes + payload + blockBytes - 1) / blockBytes * blockBytes
    }

    private static func ascii(_ text: StaticString) -> UInt64 {
        text.withUTF8Buffer { $0.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    }
}
