extension Subject {
    /// The only thing that changes a subject: `event`, which happened at `now`.
    public mutating func apply(_ event: Event, at now: Timestamp) {
        if account?.openContactChange(at: now) == nil { account?.contactChange = nil }
        if deletedAccount?.openContactChange(at: now) == nil { deletedAccount = nil }
        switch event {
        case .resetRequested(let reset, let standing):
            apply(reset, standing, at: now)
        case .codeResent(let id, let generation, let codeValidUntil):
            changeReset(id) {
                $0.codeGeneration = generation
                $0.codeValidUntil = codeValidUntil
            }
        case .activationFailed(let id, let counting):
            guard counting == .counted else { break }
            changeReset(id) { $0.wrongCodes += 1 }
            account?.wrongCodes.removeAll { now - $0 >= Traffic.memory }
            account?.wrongCodes.append(now)
        case .activated(_, let password):
            setPassword(password)
            account?.mobileConfirmed = true
            account?.sessions = []
            account?.wrongCodes = []
            traffic.loginFailures = 0
            traffic.lastLoginFailure = nil
            voidResets()
        case .loginFailed(let counting):
            guard counting == .counted else { break }
            traffic.loginFailures += 1
            traffic.lastLoginFailure = now
        case .loggedIn(let id, let ended):
            traffic.loginFailures = 0
            traffic.lastLoginFailure = nil
            account?.sessions.removeAll { ended.contains($0.id) }
            account?.sessions.append(Session(id: id, openedAt: now, usedAt: now))
        case .passwordRehashed(let password):
            account?.password = password
            account?.passwordVersion &+= 1
        case .sessionUsed(let id):
            guard let index = account?.sessions.firstIndex(where: { $0.id == id }) else { break }
            account?.sessions[index].usedAt = now
        case .sessionEnded(let id):
            account?.sessions.removeAll { $0.id == id }
        case .passwordChanged(let kept, let password):
            setPassword(password)
            account?.sessions.removeAll { $0.id != kept }
            traffic.loginFailures = 0
            traffic.lastLoginFailure = nil
            voidResets()
        case .accountCreated(let profile, let reset):
            account = Account(profile: profile, createdAt: now)
            account?.resets = [reset]
        case .accountUpdated(let profile, let change):
            apply(profile)
            if let change { account?.contactChange = change }
        case .accountHeld(let hold):
            account?.hold = hold
            account?.version &+= 1
            if hold == .disabled {
                account?.sessions = []
                voidResets()
            }
        case .suspensionLifted:
            account?.wrongCodes = []
            account?.version &+= 1
        case .accountDeleted(let change):
            deletedAccount = change.flatMap { account?.deleted($0) }
            account = nil
        case .sessionsRevoked:
            account?.sessions = []
            account?.version &+= 1
        case .contactChangeCancelled(let id):
            takeBackContactChange(id)
        }
    }

    private mutating func apply(
        _ reset: Reset, _ standing: RequestStanding, at now: Timestamp
    ) {
        guard standing != .ignored else { return }
        traffic.resetRequests.removeAll { now - $0 >= Traffic.memory }
        traffic.resetRequests.append(now)
        // No limit counts as many; without a bound a row could outgrow what a store reads.
        traffic.resetRequests = traffic.resetRequests.suffix(Traffic.resetRequestsMax)
        guard standing == .opened else { return }
        account?.resets.removeAll { now >= $0.validUntil }
        account?.resets.append(reset)
    }

    private mutating func apply(_ profile: Profile) {
        guard let before = account?.profile else { return }
        account?.profile = profile
        account?.version &+= 1
        if before.mobile != profile.mobile { account?.mobileConfirmed = false }
        // R18: a link or code may be in the wrong hands once a contact has changed.
        if !profile.hasContacts(of: before) { voidResets() }
    }

    /// R93. Sessions end too: whoever says that it was somebody else says that somebody else is at
    /// the account, and a session costs its owner one login. So do resets, with the windows of
    /// requests: what was asked for a deleted account left none open.
    private mutating func takeBackContactChange(_ id: ResetID) {
        guard var account = account ?? deletedAccount, let change = account.contactChange,
            change.id == id
        else { return }
        account.profile.mail = change.mail
        account.profile.mobile = change.mobile
        account.mobileConfirmed = change.mobileConfirmed
        account.sessions = []
        account.contactChange = nil
        account.version &+= 1
        self.account = account
        deletedAccount = nil
        voidResets()
    }

    private mutating func setPassword(_ password: PasswordRecord) {
        account?.password = password
        account?.passwordVersion &+= 1
        account?.version &+= 1
    }

    /// R18. The request windows go too: whoever is over a limit must hold a live link (R05), and
    /// from here on nobody does.
    private mutating func voidResets() {
        account?.resets = []
        traffic.resetRequests = []
    }

    private mutating func changeReset(_ id: ResetID, _ change: (inout Reset) -> Void) {
        guard var account, let index = account.resets.firstIndex(where: { $0.id == id })
        else { return }
        change(&account.resets[index])
        self.account = account
    }
}
