/// One way back into an account: a link, and the codes that go with it.
public struct Reset: Hashable, Sendable {
    public var id: ResetID
    public var purpose: Purpose
    public var openedAt: Timestamp
    /// The first instant at which the link no longer opens (R14).
    public var validUntil: Timestamp
    /// 0 for the first code, one more for each resend; only the newest is good (R34).
    public var codeGeneration: Int
    /// The first instant at which the newest code is no longer good (R24).
    public var codeValidUntil: Timestamp
    /// R26.
    public var wrongCodes: Int

    public enum Purpose: UInt32, Sendable {
        case recovery = 1
        case activation
    }

    public init(
        id: ResetID, purpose: Purpose, openedAt: Timestamp, validUntil: Timestamp,
        codeGeneration: Int = 0, codeValidUntil: Timestamp, wrongCodes: Int = 0
    ) {
        self.id = id
        self.purpose = purpose
        self.openedAt = openedAt
        self.validUntil = validUntil
        self.codeGeneration = codeGeneration
        self.codeValidUntil = codeValidUntil
        self.wrongCodes = wrongCodes
    }

    func isOpen(policy: Policy, at now: Timestamp) -> Bool {
        now < validUntil && wrongCodes < policy.wrongCodesPerReset
    }

    public func resendsLeft(policy: Policy) -> Int {
        max(0, policy.resendsPerReset - codeGeneration)
    }

    /// The two letters that bring link and code.
    func letters(to subject: SubjectID, ids: LetterPair, standIns: Bool = false) -> [Letter] {
        let kinds: (link: LetterKind, code: LetterKind) =
            switch purpose {
            case .recovery: (.recoveryLink, .recoveryCode)
            case .activation: (.activationLink, .activationCode)
            }
        return [(ids.first, kinds.link), (ids.second, kinds.code)].map { id, kind in
            Letter(
                id: id, subject: subject, kind: standIns ? nil : kind, reset: self.id,
                codeGeneration: codeGeneration, queuedAt: openedAt)
        }
    }
}

/// The ids of two letters that are queued together.
public struct LetterPair: Hashable, Sendable {
    public var first: LetterID
    public var second: LetterID

    public init(_ first: LetterID, _ second: LetterID) {
        self.first = first
        self.second = second
    }
}
