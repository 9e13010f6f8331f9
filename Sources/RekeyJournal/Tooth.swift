// What a build for tests can leave out by name, to see that some test then fails: each sync, each
// checksum, each wait for the disk. A release build holds none of this: `holds` is true there, always.
#if TEETH
    import Glibc
#endif

/// One thing that durability hangs on. `REKEY_TOOTH` names the one that a build with `-D TEETH` leaves
/// out.
package enum Tooth: String, CaseIterable, Sendable {
    // A file's content is on the disk before anything relies on it.
    case batchSync, segmentHeaderSync, checkpointSync, manifestSync
    case tornCopySync, tornTailSync, readSync
    // A name is on the disk before anything relies on it.
    case nextNameSync, segmentNameSync, checkpointNameSync, manifestNameSync, journalNameSync
    case tornCopyNameSync, prunedSegmentSync, readNameSync
    // What is read is what was written.
    case pastCache, manifestChecksum, fileHeaderChecksum, headerChecksum, payloadChecksum
    case digest, footer, checkpointReread
    // Nobody sees what a crash could take back.
    case commitWait, replyWait, letterWait, checkpointWait

    #if TEETH
        private static let pulled = getenv("REKEY_TOOTH").map { String(cString: $0) }

        /// Whether it is in its place.
        package var holds: Bool { Self.pulled != rawValue }
    #else
        @inlinable package var holds: Bool { true }
    #endif
}

extension Disk {
    func syncData(_ file: OpenFile, _ tooth: Tooth) throws(JournalError) {
        if tooth.holds { try syncData(file) }
    }

    func sync(_ file: OpenFile, _ tooth: Tooth) throws(JournalError) {
        if tooth.holds { try sync(file) }
    }

    func syncDirectory(_ path: String, _ tooth: Tooth) throws(JournalError) {
        if tooth.holds { try syncDirectory(path) }
    }
}
