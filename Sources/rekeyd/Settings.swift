import Configuration
import Foundation
import RekeyCore
import RekeyService

/// What the server is told: flags before environment before file before the defaults.
struct Settings: Sendable {
    private let values: [String: String]
    /// Relative paths start here.
    private let folder: String

    /// - Parameters:
    ///   - file: a JSON file, or nil for none.
    ///   - flags: "--listen-port", "0", … in pairs.
    /// - Throws: `Failure` that names the key and the remedy.
    static func load(
        file: String?, flags: [String], environment: [String: String]
    ) async throws -> Settings {
        try checkFlags(flags)
        try checkEnvironment(environment)
        var providers: [any ConfigProvider] = [
            CommandLineArgumentsProvider(arguments: ["rekeyd"] + flags),
            EnvironmentVariablesProvider(environmentVariables: environment)
                .prefixKeys(with: "rekeyd"),
        ]
        if let file {
            let values = try SettingsFile(file).values.map { key, value in
                (AbsoluteConfigKey(ConfigKey(key)), ConfigValue(.string(value), isSecret: false))
            }
            providers.append(InMemoryProvider(values: Dictionary(uniqueKeysWithValues: values)))
        }
        let reader = ConfigReader(providers: providers)
        var values: [String: String] = [:]
        for setting in Setting.all {
            let key = ConfigKey(setting.key)
            // A flag with commas is a list to its provider, and no text.
            values[setting.key] =
                reader.string(forKey: key)
                ?? reader.stringArray(forKey: key)?.joined(separator: ",") ?? setting.standard
        }
        let folder = file.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        return Settings(
            values: values, folder: folder ?? FileManager.default.currentDirectoryPath)
    }

    func string(_ key: String) -> String { values[key] ?? "" }

    /// Relative to the folder of the configuration file, or the current one where there is none;
    /// empty when the setting is.
    func path(_ key: String) -> String {
        let path = string(key)
        if path.isEmpty { return path }
        return path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }

    func flag(_ key: String) throws -> Bool {
        switch string(key) {
        case "true": return true
        case "false": return false
        default: throw wrong(key, "true or false")
        }
    }

    func number(_ key: String, in range: ClosedRange<Int>) throws -> Int {
        guard let number = Int(string(key)), range.contains(number) else {
            throw wrong(key, "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// "12h", "10min" or "30s".
    func duration(_ key: String) throws -> Duration {
        let text = string(key)
        let units: [(suffix: String, seconds: Int)] = [("min", 60), ("h", 3600), ("s", 1)]
        for unit in units where text.hasSuffix(unit.suffix) {
            if let count = Int(text.dropLast(unit.suffix.count)), (0...1_000_000).contains(count) {
                return .seconds(count * unit.seconds)
            }
        }
        throw wrong(key, "a time like 12h, 10min or 30s")
    }

    func wrong(_ key: String, _ expected: String) -> Failure {
        Failure(Failure.wrongSetting, "\(key) is \"\(string(key))\": it must be \(expected)")
    }
}

extension Settings {
    private static func checkFlags(_ flags: [String]) throws {
        let known = Set(Setting.all.map(\.flag))
        var index = 0
        while index < flags.count {
            guard known.contains(flags[index]) else {
                throw Failure(
                    Failure.usage,
                    "unknown option \(flags[index]); 'rekeyd config' lists them all")
            }
            guard index + 1 < flags.count, !flags[index + 1].hasPrefix("--") else {
                throw Failure(Failure.usage, "\(flags[index]) needs a value")
            }
            index += 2
        }
    }

    private static func checkEnvironment(_ environment: [String: String]) throws {
        let known = Set(Setting.all.map(\.variable))
        for name in environment.keys.sorted()
        where name.hasPrefix("REKEYD_") && !known.contains(name) {
            throw Failure(
                Failure.wrongSetting,
                "unknown variable \(name) in the environment; 'rekeyd config' lists them all")
        }
    }
}
