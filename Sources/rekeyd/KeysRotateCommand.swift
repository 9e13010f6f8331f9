import ArgumentParser
import RekeyCore
import RekeySecrets
import RekeyStore

/// `rekeyd keys rotate PURPOSE`: a new current key.
struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Make a new current key; what the older ones made stays good.",
        discussion: """
            Only while the server is stopped. A crash leaves the old ring or the new one. Copy the \
            ring anew afterwards: the copies before lack the new key.
            """)

    @Argument(help: "\(KeyPurpose.rotating).")
    var purpose: KeyPurpose

    @OptionGroup var location: KeysLocation

    func run() async throws {
        let store = try await location.find()
        let ring = try store.whileStopped {
            do {
                let ring = try store.ownRing().rotated(
                    purpose, randomness: SystemRandomness(), now: SystemTime().wall())
                try ring.replace(at: store.ringFile)
                return ring
            } catch let error as KeyChangeError {
                throw Failure(error)
            } catch let error as KeyRingError {
                throw Failure(error)
            }
        }
        let numbers = ring.entries(of: purpose).map(\.number)
        print(
            """
            \(purpose.rawValue) key \(numbers.last ?? 0) is the current one, from the next start of \
            the server on.
            What was made under an older one stays good; 'rekeyd keys list' says when that may go.
            Copy the ring anew: rekeyd keys export FILE --config \(store.config)
            """)
    }
}
