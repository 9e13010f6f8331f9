import ArgumentParser
import Foundation
import RekeySecrets

/// `rekeyd keys verify FILE`: is this copy the ring of this store, and all of it?
struct KeysVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check that a copy of the ring belongs to the store and lacks no key.",
        discussion: """
            By the check value that the store keeps; the server may run. Where keys.file is there \
            too, the copy must hold all of its keys.
            """)

    @Argument(help: "The copy.")
    var file: String

    @OptionGroup var location: KeysLocation

    func run() async throws {
        let store = try await location.find()
        let copy = try KeyedStore.ring(in: file)
        guard try copy.storeTag == store.tag() else {
            throw Failure(
                Failure.wrongSetting, "\(file) is not the ring of the store in \(store.directory)")
        }
        guard FileManager.default.fileExists(atPath: store.ringFile) else {
            print(
                "\(file) is a ring of \(store.directory). No keys.file is there to compare it with."
            )
            return
        }
        let missing = try store.ownRing().missing(in: copy)
        guard missing.isEmpty else {
            let keys = missing.map { "\($0.purpose.rawValue) \($0.number)" }.joined(separator: ", ")
            throw Failure(
                Failure.wrongSetting,
                "\(file) is an older ring of the store and lacks \(keys); copy it anew with "
                    + "'rekeyd keys export'")
        }
        print("\(file) is the ring of \(store.directory), with every key of keys.file.")
    }
}
