/// What the files of access said when they were read: a server is made from this, so that what was
/// found good at its start is what it goes by.
public struct AccessContent: Sendable {
    public let identity: Identity
    public let authorities: Authorities
    public let access: Access
}
