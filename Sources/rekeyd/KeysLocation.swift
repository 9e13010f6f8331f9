import ArgumentParser
import Foundation

/// Which installation's keys are meant.
struct KeysLocation: ParsableArguments {
    @Option(help: "The configuration file, as 'rekeyd init' makes it.")
    var config: String

    func find() async throws -> KeyedStore {
        let settings = try await Settings.load(
            file: config, flags: [], environment: ProcessInfo.processInfo.environment)
        return KeyedStore(
            ringFile: settings.path("keys.file"), directory: settings.path("data.directory"),
            config: config)
    }
}
