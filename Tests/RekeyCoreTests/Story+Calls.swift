// The calls of a story, one short word each. The tests of the decisions come in.

import RekeyCore

extension Story {
    /// What somebody types as the code.
    enum Code {
        /// The newest of that reset.
        case right
        case generation(Int)
        case wrong
    }

    /// The id that the reset got, if one was opened.
    @discardableResult
    func requestReset() -> ResetID {
        let id: ResetID = fresh()
        run { RequestReset.decide($0, .init(reset: id, letters: pair()), $1, $2) }
        return id
    }

    @discardableResult
    func activate(_ id: ResetID, _ code: Code = .right) -> Answer<Nothing> {
        let proven: UInt64 =
            switch code {
            case .right: 1 << UInt64(resets.first { $0.id == id }?.codeGeneration ?? 0)
            case .generation(let generation): 1 << UInt64(generation)
            case .wrong: 0
            }
        let facts = Activate.Facts(
            reset: id, provenGenerations: proven, newPassword: freshRecord(), letters: pair())
        return run { Activate.decide($0, facts, $1, $2) }
    }

    /// Link and code as the guide has it.
    @discardableResult
    func recover() -> Answer<Nothing> { activate(requestReset()) }

    @discardableResult
    func resend(_ id: ResetID) -> Answer<ResendCode.Reply> {
        let letter: LetterID = fresh()
        return run { ResendCode.decide($0, .init(reset: id, letter: letter), $1, $2) }
    }

    @discardableResult
    func validate(_ id: ResetID) -> Answer<ValidateLink.Reply> {
        run { ValidateLink.decide($0, id, $1, $2) }
    }

    /// What hashing says about the record of this moment.
    func check(matches: Bool) -> PasswordCheck {
        PasswordCheck(version: subject.passwordVersion, matches: matches)
    }

    @discardableResult
    func login(
        right: Bool = true, earlier: SessionID? = nil
    ) -> Answer<Login.Granted> {
        let facts = Login.Facts(
            check: check(matches: right), session: fresh(),
            letters: pair(), earlier: earlier)
        return run { Login.decide($0, facts, $1, $2) }
    }

    /// The record of the same password, made anew after a login.
    ///
    /// - Parameter version: of the record that was checked; nil: the one of this moment.
    @discardableResult
    func renew(_ record: PasswordRecord, of version: UInt64? = nil) -> Answer<Nothing> {
        let version = version ?? subject.passwordVersion
        return run { subject, _, _ in Login.renew(subject, record, of: version) }
    }

    @discardableResult
    func use(_ session: SessionID) -> Answer<CheckSession.Reply> {
        run { CheckSession.decide($0, session, $1, $2) }
    }

    @discardableResult
    func logout(_ session: SessionID) -> Answer<Nothing> {
        run { subject, _, _ in Logout.decide(subject, session) }
    }

    @discardableResult
    func changePassword(_ session: SessionID, right: Bool = true) -> Answer<Nothing> {
        let facts = ChangePassword.Facts(
            session: session, check: check(matches: right), newPassword: freshRecord())
        return run { ChangePassword.decide($0, facts, $1, $2) }
    }

    /// The reset that activates it.
    @discardableResult
    func create(_ profile: Profile = .known) -> ResetID {
        let id: ResetID = fresh()
        let facts = CreateAccount.Facts(profile: profile, reset: id, letters: pair())
        run { CreateAccount.decide($0, facts, $1, $2) }
        return id
    }

    @discardableResult
    func update(
        expecting version: UInt64? = nil, name: String? = nil, mail: String? = nil,
        mobile: String? = nil, language: Language? = nil
    ) -> Answer<AccountSummary> {
        let request = UpdateAccount.Request(
            identifier: Profile.known.identifier,
            expectedVersion: version ?? subject.account?.version ?? 0, name: name, mail: mail,
            mobile: mobile, language: language)
        let facts = UpdateAccount.Facts(change: fresh(), letters: pair())
        return run { UpdateAccount.decide($0, request, facts, $1, $2) }
    }

    @discardableResult
    func cancelChange(_ id: ResetID) -> Answer<Nothing> {
        run { subject, _, now in CancelContactChange.decide(subject, id, now) }
    }

    @discardableResult
    func operate(_: DeleteAccount.Type) -> Answer<Nothing> {
        let facts = DeleteAccount.Facts(change: fresh(), letters: pair())
        return run { DeleteAccount.decide($0, facts, $1, $2) }
    }

    @discardableResult
    func operate<M: AccountMethod>(_ method: M.Type) -> Answer<M.Reply> { run(M.decide) }
}
