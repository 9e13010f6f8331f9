/// Whether this server takes calls.
public enum Health: Method {
    public static let name = "rekey.v1.Rekey/Health"

    public typealias Request = Nothing

    public enum Reply: UInt32, Sendable {
        case serving = 1
        /// It is draining: calls in flight are finished, new ones belong elsewhere.
        case notServing
    }
}
