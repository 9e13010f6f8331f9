/// Whether this server takes calls.
public enum Health: Method {
    public static let name = "rekey.v1.Rekey/Health"
    public static let repeatability = Repeatability.freely

    public struct Request: Hashable, Sendable {
        /// "rekey.v1.Rekey" and the like; empty for the server as a whole.
        public var service: String

        public init(service: String = "") { self.service = service }
    }

    public enum Reply: UInt32, Sendable {
        case serving = 1
        /// It is stopping, or cannot write: calls belong elsewhere.
        case notServing
    }
}
