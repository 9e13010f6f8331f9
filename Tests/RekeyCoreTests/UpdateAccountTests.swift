// What an operator may change of an account, and against which version. Runs decisions only.

import RekeyCore
import Testing

@Suite struct UpdateAccountTests {
    @Test("Only the fields of the mask change")
    func mask() throws {
        let story = Story(.active)
        let name = try #require(story.update(name: "Jean Petit").reply).profile
        #expect(name.name == "Jean Petit" && name.mail == Profile.known.mail)
        #expect(name.mobile == Profile.known.mobile && name.language == .french)
        #expect(story.update(mail: "j@example.com").reply?.profile.mail == "j@example.com")
        #expect(story.update(mobile: "+33712345678").reply?.profile.mobile == "+33712345678")
        let last = try #require(story.update(language: .english).reply).profile
        #expect(
            last
                == Profile(
                    identifier: "client-1", name: "Jean Petit", mail: "j@example.com",
                    mobile: "+33712345678", language: .english))
        #expect(story.subject.account?.profile == last)
    }

    @Test("Of two updates that read the same version the second is refused")
    func expectedVersion() throws {
        let story = Story(.active)
        let read = try #require(story.operate(GetAccount.self).reply?.version)
        let after = try #require(story.update(expecting: read, name: "First").reply?.version)
        #expect(after == read + 1)
        let before = story.subject
        let second = story.update(expecting: read, name: "Second").refusal
        #expect(second?.reason == .accountChanged && second?.reason.status == .aborted)
        #expect(story.lastEvents.isEmpty && story.subject == before)
        #expect(story.update(expecting: after + 1, name: "Third").refusal != nil)
    }

    @Test("The version grows with everything an operator would want to have seen")
    func versionGrows() throws {
        let (story, session) = try Story.loggedIn()
        let steps: [() -> Void] = [
            { story.changePassword(session) }, { story.update(name: "Jean") },
            { story.recover() },
            { story.operate(LockAccount.self) }, { story.operate(UnlockAccount.self) },
            { story.operate(RevokeSessions.self) }, { story.operate(DisableAccount.self) },
            { story.operate(EnableAccount.self) },
        ]
        for (index, step) in steps.enumerated() {
            let before = try #require(story.subject.account).version
            step()
            #expect(try #require(story.subject.account).version == before + 1, "step \(index)")
        }
    }

    @Test("What cannot be used is refused by name and changes nothing")
    func refused() {
        let story = Story(.active)
        let before = story.subject
        for (answer, field) in [
            (story.update(name: ""), "name"), (story.update(name: "a\r\nBcc: x"), "name"),
            (story.update(mail: "jeanne"), "mail"), (story.update(mobile: "0612345678"), "mobile"),
        ] {
            #expect(answer.refusal?.reason == .fieldInvalid)
            #expect(answer.refusal?.details.map(\.field) == [field])
        }
        #expect(story.subject == before)
        #expect(Story().update(name: "Jean").refusal == .accountUnknown)
    }
}
