/// Everything that can happen to a subject. Events carry results, not rules: applying one needs no
/// policy, so a log written under other settings replays to the same state.
public enum Event: Hashable, Sendable {
    case resetRequested(Reset, RequestStanding)
    case codeResent(ResetID, generation: Int, codeValidUntil: Timestamp)
    case activationFailed(ResetID, Counting)
    case activated(ResetID, PasswordRecord)
    case loginFailed(Counting)
    case loggedIn(SessionID, ended: [SessionID])
    case passwordRehashed(PasswordRecord)
    case sessionUsed(SessionID)
    case sessionEnded(SessionID)
    case passwordChanged(keeping: SessionID, PasswordRecord)
    case accountCreated(Profile, Reset)
    /// With the hold that it begins or renews, if it does.
    case accountUpdated(Profile, ContactChange?)
    case accountHeld(Account.Hold)
    case suspensionLifted
    /// With the hold within which that may be taken back, if there is one.
    case accountDeleted(ContactChange?)
    case sessionsRevoked
    case contactChangeCancelled(ResetID)
}

extension Event {
    /// It is a request for a reset, which anybody may make.
    public var isRequest: Bool {
        if case .resetRequested = self { true } else { false }
    }

    /// It only takes access away: done even when the disk is full.
    public var endsAccess: Bool {
        switch self {
        case .sessionEnded, .sessionsRevoked, .accountHeld(.disabled): true
        default: false
        }
    }
}

/// What a request for a reset did to its subject. All three are written alike (R04).
public enum RequestStanding: UInt32, Sendable {
    /// A reset was opened.
    case opened = 1
    /// There is nobody to open one for: counted, nothing else.
    case counted
    /// Over the limit of the subject: nothing changed.
    case ignored
}

/// Whether a failure counts against its subject. Both are written alike.
public enum Counting: UInt32, Sendable {
    case counted = 1
    /// No guess was evaluated.
    case ignored
}
