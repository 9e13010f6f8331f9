/// Ends every session of an account at once (R63).
public enum RevokeSessions: AccountMethod {
    public static let name = "rekey.v1.Operator/RevokeSessions"
    public static let repeatability = Repeatability.withKey

    public struct Reply: Hashable, Sendable {
        /// Live sessions that ended.
        public var revoked: Int
        public init(revoked: Int) { self.revoked = revoked }
    }

    public static func decide(
        _ subject: Subject, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard let summary = subject.summary(policy: policy, now: now) else {
            return .refused(.accountUnknown)
        }
        return Decision(
            .reply(Reply(revoked: summary.liveSessions)), events: [.sessionsRevoked])
    }
}
