import ArgumentParser
import RekeyCore
import RekeySecrets
import RekeyStore

/// `rekeyd keys replace --lost`: the way on when no copy of the ring is left.
struct KeysReplaceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replace",
        abstract: "Make a new ring and the store anew under it, when the ring is lost.",
        discussion: """
            Accounts keep their identifiers, contacts, names and holds. Every password, link, code \
            and session is void, letters that wait are dropped, and everybody recovers by \
            RequestReset. What the links of mails would take back, a change of contacts or a \
            deletion, can no longer be taken back. Only while the server is stopped, and never while the ring that belongs \
            to the store is there.

            The old store stays beside the new one, as DATA.lost-TIME, until you remove it. If the \
            command is interrupted the old store stays where it is, and what carries that name is \
            an unfinished new one: remove that, and run the command again.
            """)

    @Flag(help: "Yes, the ring is lost, and no copy of it is left.")
    var lost = false

    @OptionGroup var location: KeysLocation

    func validate() throws {
        guard lost else {
            throw ValidationError(
                "Say --lost: every password, link and session will be void. For a new key while the "
                    + "ring is there, see 'rekeyd help keys rotate'.")
        }
    }

    func run() async throws {
        let store = try await location.find()
        let tag = try store.tag()
        let replacement = try RingReplacement(store, now: SystemTime().wall())
        let accounts = try store.whileStopped(tag: tag) { content in
            try replacement.run(&content, tag: tag)
        }
        print(
            """
            \(store.ringFile) is a new ring, and \(store.directory) the store under it.
            Accounts: \(accounts), each without password, link and session: people recover by \
            RequestReset.
            The old store is \(replacement.oldStore); it holds personal data. Remove it when you need \
            it no longer.
            """)
        if let other = replacement.otherRing {
            print("The ring of another store that was in keys.file is \(other).")
        }
        print("Copy the new ring now: rekeyd keys export FILE --config \(store.config)")
    }
}
