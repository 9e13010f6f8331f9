/// Ends a session. Saying it twice is no error: either way the session is over.
public enum Logout: Method {
    public static let name = "rekey.v1.Rekey/Logout"
    public static let repeatability = Repeatability.withKey

    public struct Request: Sendable {
        public var session: Secret
        public init(session: Secret) { self.session = session }
    }

    public typealias Reply = Nothing

    public static func decide(_ subject: Subject, _ id: SessionID) -> Decision<Reply> {
        let exists = subject.account?.sessions.contains { $0.id == id } ?? false
        return Decision(.reply(Nothing()), events: exists ? [.sessionEnded(id)] : [])
    }
}
