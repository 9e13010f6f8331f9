/// The secrets that commands ask for. None is ever an argument (R79).
enum SecretKind: CaseIterable {
    case session, link, code, currentPassword, password, confirmation

    /// As in "the code is empty".
    var name: String {
        switch self {
        case .session: "session"
        case .link: "link"
        case .code: "code"
        case .currentPassword: "current password"
        case .password: "password"
        case .confirmation: "confirmation"
        }
    }

    var option: String {
        switch self {
        case .session: "--session-file"
        case .link: "--link-file"
        case .code: "--code-file"
        case .currentPassword: "--current-password-file"
        case .password: "--password-file"
        case .confirmation: "--confirmation-file"
        }
    }

    var prompt: String {
        switch self {
        case .session: "Session: "
        case .link: "Link (the whole address may be pasted): "
        case .code: "Code of the SMS: "
        case .currentPassword: "Current password: "
        case .password: "Password: "
        case .confirmation: "New password again: "
        }
    }
}
