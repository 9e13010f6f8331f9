import RekeyCore

/// The table of subjects, in pages by the first byte of the id.
struct Rows {
    private var pages = [Page](repeating: Page(), count: Page.count)
    private(set) var accounts = 0
    /// What an absence rests on: the last sequence that removed a row.
    private(set) var lastRemoval: UInt64 = 0

    /// The running checkpoint's pages as they were when it began, for those that changed since.
    private var kept: [Int: [SubjectID: Row]] = [:]
    private var epoch = 0
    private var isCheckpointing = false

    subscript(subject: SubjectID) -> Row? { pages[Page.index(of: subject)].rows[subject] }

    mutating func put(_ row: Row, for subject: SubjectID) {
        let index = Page.index(of: subject)
        keep(index)
        let before = pages[index].rows.updateValue(row, forKey: subject)
        note(subject, before, row)
    }

    mutating func remove(_ subject: SubjectID, at sequence: UInt64) {
        let index = Page.index(of: subject)
        keep(index)
        let before = pages[index].rows.removeValue(forKey: subject)
        if before != nil { lastRemoval = max(lastRemoval, sequence) }
        note(subject, before, nil)
    }

    /// Drops a row that says nothing any more: an absence says the same, so nothing rests on it.
    mutating func forget(_ subject: SubjectID, unlessChangedSince sequence: UInt64) {
        guard self[subject]?.sequence == sequence else { return }
        let index = Page.index(of: subject)
        keep(index)
        pages[index].rows[subject] = nil
    }

    /// The next ids above `after` whose rows hold an account, ascending.
    mutating func accounts(after: SubjectID?, limit: Int) -> [SubjectID] {
        var found: [SubjectID] = []
        for index in (after.map(Page.index(of:)) ?? 0)..<Page.count where found.count < limit {
            found += pages[index].accounts(after: after).prefix(limit - found.count)
        }
        return found
    }

    private mutating func note(_ subject: SubjectID, _ before: Row?, _ after: Row?) {
        let (had, has) = (before?.hasAccount ?? false, after?.hasAccount ?? false)
        guard had != has else { return }
        accounts += has ? 1 : -1
        pages[Page.index(of: subject)].note(subject, hasAccount: has)
    }

    // MARK: Checkpoints

    /// From here on `page(_:)` gives every page as it is now, whatever is written meanwhile.
    mutating func beginCheckpoint() {
        epoch += 1
        isCheckpointing = true
    }

    /// One page as it was when the checkpoint began.
    mutating func page(_ index: Int) -> [SubjectID: Row] {
        pages[index].epoch = epoch
        return kept.removeValue(forKey: index) ?? pages[index].rows
    }

    mutating func endCheckpoint() {
        isCheckpointing = false
        kept = [:]
    }

    /// Before a page changes: keeps it as it is, once, for a checkpoint that has not read it yet.
    private mutating func keep(_ index: Int) {
        guard isCheckpointing, pages[index].epoch < epoch else { return }
        pages[index].epoch = epoch
        kept[index] = pages[index].rows
    }
}
