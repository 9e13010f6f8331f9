/// What could not be read again; each half stays as it was, and the other one holds.
public struct ReloadError: Error {
    /// Why the server's certificate, its key and the authorities stay; nil where they were read.
    public let identity: (any Error)?
    /// Why callers and revocations stay; nil where they were read.
    public let access: (any Error)?
}
