import ArgumentParser
import RekeyCore
import RekeySecrets
import RekeyStore

/// `rekeyd keys retire PURPOSE NUMBER`: an old key goes.
struct KeysRetireCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retire",
        abstract: "Remove an old key that nothing hangs on any more.",
        discussion: """
            Only while the server is stopped. Link, code and session keys go 24 h after the rotation \
            that ended them, a pepper when no password of the store was hashed with it.
            """)

    @Argument(help: "\(KeyPurpose.rotating).")
    var purpose: KeyPurpose

    @Argument(help: "The key's number, as 'rekeyd keys list' shows it.")
    var number: UInt32

    @OptionGroup var location: KeysLocation

    func run() async throws {
        let store = try await location.find()
        let ring = try store.ownRing()
        try store.whileStopped(tag: ring.storeTag) { content in
            do {
                // Read again: until the lock was ours somebody may have changed it.
                try store.ownRing().retiring(
                    purpose, number, now: SystemTime().wall(), recipes: content.recipes
                ).replace(at: store.ringFile)
            } catch let error as KeyChangeError {
                throw Failure(error)
            } catch let error as KeyRingError {
                throw Failure(error)
            }
        }
        print("\(purpose.rawValue) key \(number) is gone. Copies of the ring still hold it.")
    }
}
