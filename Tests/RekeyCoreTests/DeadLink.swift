// The ways in which an authentic link can be dead. The tests of links, guesses and letters come in.

import RekeyCore

enum DeadLink: CaseIterable {
    case expired, used, burned, superseded, passwordChanged, contactChanged, disabled, deleted
    case neverWas
    /// An authentic one all the same: of a change of contacts.
    case ofContactChange

    /// A story in which a link died this way, and the id of its reset.
    func told() -> (Story, ResetID) {
        let story = Story(.active)
        guard self != .neverWas else { return (story, story.fresh()) }
        let session = story.login().reply?.session ?? story.fresh()
        let reset = story.requestReset()
        switch self {
        case .expired: story.wait(.hours(12))
        case .used: story.activate(reset)
        case .burned: for _ in 0..<5 { story.activate(reset, .wrong) }
        case .superseded:
            story.wait(.minutes(1))
            story.recover()
        case .passwordChanged: story.changePassword(session)
        case .contactChanged: story.update(mail: "new@example.fr")
        case .disabled: story.operate(DisableAccount.self)
        case .deleted: story.operate(DeleteAccount.self)
        case .neverWas: break
        case .ofContactChange:
            story.update(mobile: "+33699999999")
            return (story, story.lastLetters.first?.reset ?? reset)
        }
        return (story, reset)
    }
}
