import RekeyCore

/// A subject's packed row, and the sequence that last changed it: whatever rests on the row waits
/// until that is durable.
struct Row {
    var bytes: [UInt8]
    var sequence: UInt64
    var hasAccount: Bool
}

/// All subjects whose id begins with the same byte. Small enough to be copied while a checkpoint
/// reads it, so that writers never wait for one.
struct Page {
    static let count = 256

    var rows: [SubjectID: Row] = [:]
    /// The checkpoint that this page has been kept for; see `Rows.beginCheckpoint`.
    var epoch = 0

    static func index(of subject: SubjectID) -> Int {
        Int(truncatingIfNeeded: subject.rawValue >> 120)
    }
}
