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
    /// Ids of the rows that hold an account, ascending; nil until they are first asked for, so that
    /// a start need not sort them. Strangers' rows, which anybody can add to, are not among them.
    private var accounts: [SubjectID]?
    /// The checkpoint that this page has been kept for; see `Rows.beginCheckpoint`.
    var epoch = 0

    /// The ids above `after` whose rows hold an account, ascending.
    mutating func accounts(after: SubjectID?) -> ArraySlice<SubjectID> {
        let ids = accounts ?? rows.filter(\.value.hasAccount).keys.sorted()
        accounts = ids
        guard let after else { return ids[...] }
        return ids[Self.place(of: after, in: ids, orBehind: true)...]
    }

    /// A row that held an account, or did not, now does, or does not.
    mutating func note(_ id: SubjectID, hasAccount: Bool) {
        // No second reference, or the change would copy them all.
        guard let place = accounts.map({ Self.place(of: id, in: $0, orBehind: false) })
        else { return }
        if hasAccount { accounts?.insert(id, at: place) } else { accounts?.remove(at: place) }
    }

    /// The first place whose id is not below `id`, or is above it.
    private static func place(
        of id: SubjectID, in ids: [SubjectID], orBehind: Bool
    ) -> Int {
        var range = 0..<ids.count
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            if ids[middle] < id || orBehind && ids[middle] == id {
                range = middle + 1..<range.upperBound
            } else {
                range = range.lowerBound..<middle
            }
        }
        return range.lowerBound
    }

    static func index(of subject: SubjectID) -> Int {
        Int(truncatingIfNeeded: subject.rawValue >> 120)
    }
}
