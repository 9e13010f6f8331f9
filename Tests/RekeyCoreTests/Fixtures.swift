// What the tests of the decisions share: a known time, ids by number, and short ways to look into
// an answer or an event. It touches RekeyCore and nothing else.

import RekeyCore

/// A known time, 2027-01-15T08:00:00Z; the 30 s slots of a session's last use begin on it.
let start = Timestamp(milliseconds: 1_800_000_000_000)

let oneMillisecond = Duration.milliseconds(1)

extension Identifier128 {
    static func number(_ number: Int) -> Self { Self(rawValue: UInt128(number)) }
}

extension PasswordRecord {
    static func number(_ number: Int) -> PasswordRecord {
        PasswordRecord(
            cost: HashCost(memoryKiB: 19_456, passes: 2), pepper: 1,
            salt: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 16),
            tag: (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 8 * 8)) })
    }
}

extension Profile {
    static let known = Profile(
        identifier: "client-1", name: "Jeanne Martin", mail: "jeanne@example.fr",
        mobile: "+33612345678", language: .french)
}

extension Answer {
    var reply: Reply? { if case .reply(let reply) = self { reply } else { nil } }
    var refusal: Refusal? { if case .refusal(let refusal) = self { refusal } else { nil } }
    var isStale: Bool { if case .stale = self { true } else { false } }
    var isReply: Bool { reply != nil }
}

extension Event {
    /// Exhaustive, so that a new event has to say it (R78).
    var passwordRecord: PasswordRecord? {
        switch self {
        case .activated(_, let record), .passwordRehashed(let record),
            .passwordChanged(_, let record):
            record
        case .resetRequested, .codeResent, .activationFailed, .loginFailed, .loggedIn,
            .sessionUsed, .sessionEnded, .accountCreated, .accountUpdated, .accountHeld,
            .suspensionLifted, .accountDeleted, .sessionsRevoked, .contactChangeCancelled:
            nil
        }
    }

    var standing: RequestStanding? {
        if case .resetRequested(_, let standing) = self { standing } else { nil }
    }
}
