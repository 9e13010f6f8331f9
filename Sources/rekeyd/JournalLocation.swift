import ArgumentParser
import Foundation
import RekeyJournal

/// Which store to look at: its directory, or the settings that name it.
struct JournalLocation: ParsableArguments {
    @Argument(help: "The store: the directory with 'manifest' in it.")
    var directory: String?

    @Option(help: "In its place a configuration file, whose data.directory is meant.")
    var config: String?

    func validate() throws {
        guard (directory == nil) != (config == nil) else {
            throw ValidationError("Name the store's directory, or its settings with --config.")
        }
    }

    func inspect() async throws -> JournalInspection {
        let path = try await path()
        do throws(JournalError) {
            return try JournalInspection(directory: path, disk: SystemDisk())
        } catch {
            guard error.code != .notFound else {
                throw Failure(
                    Failure.wrongSetting,
                    "no store in \(path): there is no 'manifest'; name another directory")
            }
            throw Failure(error)
        }
    }

    private func path() async throws -> String {
        if let directory { return directory }
        return try await Settings.load(
            file: config, flags: [], environment: ProcessInfo.processInfo.environment
        ).path("data.directory")
    }
}
