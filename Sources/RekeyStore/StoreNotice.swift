public import RekeyJournal

/// What a store tells whoever opened it, beside answering calls.
public enum StoreNotice: Sendable {
    /// How far the opening has come: bytes read, of how many.
    case opening(UInt64, of: UInt64)
    /// A checkpoint was written, with its sequence, or why there is none: nothing is lost, the log
    /// grows on.
    case checkpoint(Result<UInt64, any Error>)
    /// The disk is full: only what takes access away is written from now on.
    case full(JournalError)
    /// There is room again.
    case roomAgain
    /// The wall clock is ahead by more than is believed, by this much, and is not followed; zero: it
    /// is followed again.
    case clockAhead(Duration)
}
