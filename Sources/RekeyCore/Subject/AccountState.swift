/// The states of an account, as operators see them. Where two hold at once, the one that stops
/// more is shown.
///
/// | state | set by | login | recovery | ends by |
/// |---|---|---|---|---|
/// | pending | CreateAccount | no | yes, it activates | Activate |
/// | active | – | yes | yes | – |
/// | blocked | failures in a row | no | yes | time, Activate |
/// | password off | many failures in a row, a lost key ring, a deletion that was taken back | no | yes | Activate |
/// | suspended | wrong codes within a window | yes | no | the window, UnlockAccount |
/// | locked | LockAccount | no | no; nothing voided | UnlockAccount |
/// | disabled | DisableAccount | no | no; sessions and resets voided | EnableAccount |
///
/// A changed contact pauses recovery besides, once it was activated, and stops nothing else: see
/// `ContactChange`.
public enum AccountState: UInt32, CaseIterable, Sendable {
    case pending = 1
    case active
    case blocked
    case passwordOff
    case suspended
    case locked
    case disabled

    public var name: String {
        switch self {
        case .pending: "pending"
        case .active: "active"
        case .blocked: "blocked"
        case .passwordOff: "password off"
        case .suspended: "suspended"
        case .locked: "locked"
        case .disabled: "disabled"
        }
    }
}
