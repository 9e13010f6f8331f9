/// A change of contacts, or a deletion, that may still be taken back, and what it replaced (R93).
///
/// Until `heldUntil` nobody recovers the account: the new contact may be a thief's, whom a desk
/// believed, and the old one too, which is why people change it.
///
/// | what happens meanwhile | contacts | the hold |
/// |---|---|---|
/// | UpdateAccount, with another contact | those it says | goes on for its full length, with the same id, for the same contacts of before |
/// | DeleteAccount | nobody: there is no account, and none is created | as by another contact |
/// | CancelContactChange | those of before, of a deleted account too | ends |
/// | any other call | as they are | as it is |
///
/// Who was a contact before the first of several changes keeps the last word: neither is it pushed
/// out by a second change, nor can a contact that was itself just put in take anything back, or hear
/// of it: it may be the thief's.
public struct ContactChange: Hashable, Sendable {
    /// What its links are minted from. A reset's kind of id, drawn like one, so that the link of
    /// either is an authentic one everywhere, and good for nothing but its own.
    public var id: ResetID
    /// The first instant at which the change stands.
    public var heldUntil: Timestamp
    /// The contacts of before.
    public var mail: String
    public var mobile: String
    public var mobileConfirmed: Bool

    public init(
        id: ResetID, heldUntil: Timestamp, mail: String, mobile: String, mobileConfirmed: Bool
    ) {
        self.id = id
        self.heldUntil = heldUntil
        self.mail = mail
        self.mobile = mobile
        self.mobileConfirmed = mobileConfirmed
    }

    /// The letters that tell the contacts of before: a mail, which brings the link, and an SMS, also
    /// where the number is as it was, since nobody may look into that mailbox any more.
    func letters(
        _ mail: LetterKind, _ sms: LetterKind, to subject: SubjectID, ids: LetterPair,
        at now: Timestamp
    ) -> [Letter] {
        [(ids.first, mail), (ids.second, sms)].map { id, kind in
            Letter(
                id: id, subject: subject, kind: kind, reset: self.id, codeGeneration: 0,
                queuedAt: now)
        }
    }

    /// What a call draws that may begin a hold.
    public struct Facts: Sendable {
        public var change: ResetID
        public var letters: LetterPair

        public init(change: ResetID, letters: LetterPair) {
            self.change = change
            self.letters = letters
        }
    }
}

extension Account {
    /// The change of contacts that has not come to stand yet.
    func openContactChange(at now: Timestamp) -> ContactChange? {
        contactChange.flatMap { now < $0.heldUntil ? $0 : nil }
    }

    /// The hold that changing to `profile` begins, or renews; nil where it does neither: no contact
    /// differs, or it was never activated, so that there is nothing to steal.
    func contactChange(
        to profile: Profile, id: ResetID, policy: Policy, at now: Timestamp
    ) -> ContactChange? {
        profile.hasContacts(of: self.profile) ? nil : hold(id: id, policy: policy, at: now)
    }

    /// The hold that deleting it begins, or renews; nil where it was never activated.
    func deletion(id: ResetID, policy: Policy, at now: Timestamp) -> ContactChange? {
        hold(id: id, policy: policy, at: now)
    }

    private func hold(id: ResetID, policy: Policy, at now: Timestamp) -> ContactChange? {
        guard wasActivated else { return nil }
        let until = now + policy.contactHold
        guard var open = openContactChange(at: now) else {
            return ContactChange(
                id: id, heldUntil: until, mail: self.profile.mail, mobile: self.profile.mobile,
                mobileConfirmed: mobileConfirmed)
        }
        // Never shorter than it was promised, should the setting have changed.
        open.heldUntil = max(open.heldUntil, until)
        return open
    }
}
