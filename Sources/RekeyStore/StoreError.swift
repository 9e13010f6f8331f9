/// Why a store did not do what it was asked.
public enum StoreError: Error, Sendable, Equatable {
    /// Nothing changed; worth repeating shortly.
    case overloaded
    /// Nothing changed; the disk is full, and only what takes access away is still written.
    case full
    /// Nothing changed; too many letters wait for their courier.
    case lettersBacklog
    /// Perhaps it happened and perhaps not: the store failed while the change was on its way.
    case outcomeUnknown
    /// Nothing changed; the store has failed or was closed.
    case unavailable
    /// A record or row that this version cannot read. The text names what, never its content.
    case unreadable(String)
}
