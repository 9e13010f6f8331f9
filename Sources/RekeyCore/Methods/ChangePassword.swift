/// A user who is logged in chooses another password: every other session ends, and so does every
/// open reset (R18).
public enum ChangePassword: Method {
    public static let name = "rekey.v1.Rekey/ChangePassword"
    public static let repeatability = Repeatability.withKey

    public struct Request: Sendable {
        public var session: Secret
        public var currentPassword: Secret
        public var newPassword: Secret
        public var confirmation: Secret
        public var origin: Origin

        public init(
            session: Secret, currentPassword: Secret, newPassword: Secret, confirmation: Secret,
            origin: Origin = Origin()
        ) {
            self.session = session
            self.currentPassword = currentPassword
            self.newPassword = newPassword
            self.confirmation = confirmation
            self.origin = origin
        }
    }

    public typealias Reply = Nothing

    public struct Facts: Sendable {
        public var session: SessionID
        public var check: PasswordCheck
        public var newPassword: PasswordRecord

        public init(session: SessionID, check: PasswordCheck, newPassword: PasswordRecord) {
            self.session = session
            self.check = check
            self.newPassword = newPassword
        }
    }

    /// A wrong current password counts as a failed login: a stolen session is no place to guess
    /// in. While login is blocked the right one is refused too.
    public static func decide(
        _ subject: Subject, _ facts: Facts, _ policy: Policy, _ now: Timestamp
    ) -> Decision<Reply> {
        guard subject.usableSession(facts.session, policy: policy, now: now) != nil else {
            return .refused(.sessionInvalid)
        }
        guard facts.check.version == subject.passwordVersion else { return .stale }
        guard subject.mayLogIn(policy: policy, now: now), facts.check.matches else {
            let counts = subject.traffic.countsFailure(policy: policy, at: now)
            return Decision(
                .refusal(.passwordWrong), events: [.loginFailed(counts ? .counted : .ignored)])
        }
        return Decision(
            .reply(Nothing()),
            events: [.passwordChanged(keeping: facts.session, facts.newPassword)])
    }
}

extension Refusal {
    public static let passwordWrong = Refusal(
        .passwordWrong,
        "the current password is not right, or too many were wrong; wait a while, or reset it")
}

extension ChangePassword.Request: CarriesPasswords {
    public var withoutPasswords: Self {
        Self(
            session: session, currentPassword: Secret([]), newPassword: Secret([]),
            confirmation: Secret([]), origin: origin)
    }
}
