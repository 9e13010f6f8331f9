/// The end user behind a call, as the calling service states it (R92).
public struct Origin: Hashable, Sendable {
    /// An IPv4 or IPv6 address, or empty.
    public var address: String
    /// A browser's User-Agent or the like, or empty.
    public var agent: String

    public init(address: String = "", agent: String = "") {
        self.address = address
        self.agent = agent
    }
}
