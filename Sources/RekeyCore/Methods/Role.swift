/// What a caller is to the server; services.proto says for each method who may call it.
public enum Role: UInt32, CaseIterable, Sendable {
    /// The flow: a portal, a call-centre tool.
    case service = 1
    /// Accounts and letters.
    case `operator`
    /// Reads what operators see.
    case auditor
    /// Health and status.
    case monitor

    /// As people write it.
    public var name: String { "\(self)" }
}
