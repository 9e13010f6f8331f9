import ArgumentParser
import RekeySecrets

/// `rekeyd keys export FILE`: a copy of the ring, for safe keeping.
struct KeysExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Copy the ring to a new file (mode 0600), and read it back.",
        discussion: """
            Keep the copy away from the data and its backups: together they open everything. \
            Putting it in the place of keys.file brings the ring back.
            """)

    @Argument(help: "A file that does not exist yet.")
    var file: String

    @OptionGroup var location: KeysLocation

    func run() async throws {
        let store = try await location.find()
        try store.requireOutsideData(file)
        let ring = try store.ownRing()
        do throws(KeyRingError) {
            try ring.write(to: file)
        } catch {
            throw Failure(
                error.problem == .exists ? Failure.cannotCreate : Failure.wrongSetting, "\(error)")
        }
        guard ring.missing(in: try KeyedStore.ring(in: file)).isEmpty else {
            throw Failure(Failure.diskFailed, "\(file) is not what was written to it")
        }
        print("\(file) holds the ring of \(store.directory). Keep it apart from the data.")
    }
}
