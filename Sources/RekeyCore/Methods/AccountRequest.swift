/// The request of every operator's call that only names an account.
public struct AccountRequest: Hashable, Sendable {
    public var identifier: String
    public init(identifier: String) { self.identifier = identifier }
}

/// An operator's call that names one account and changes it, or only looks at it, and needs nothing
/// drawn for that.
public protocol AccountMethod: Method where Request == AccountRequest {
    static func decide(
        _ subject: Subject, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply>
}
