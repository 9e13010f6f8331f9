import Foundation
import RekeyCore
import RekeySecrets
import RekeyService
import Testing

@testable import rekeyd

@Suite("Settings")
struct SettingsTests {
    /// A configuration file for the length of a test.
    private func withFile<Result>(
        _ text: String, _ body: (String) async throws -> Result
    ) async throws -> Result {
        let url = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
        try Data(text.utf8).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(url.path)
    }

    private func failure(_ body: () async throws -> Void) async -> Failure? {
        do {
            try await body()
            return nil
        } catch {
            return error as? Failure
        }
    }

    @Test("A flag wins over the environment, that over the file, that over the default")
    func precedence() async throws {
        try await withFile(#"{ "listen": { "port": 1 }, "letters": { "institution": "FILE" } }"#) {
            file in
            func port(_ flags: [String], _ environment: [String: String]) async throws -> String {
                try await Settings.load(file: file, flags: flags, environment: environment)
                    .string("listen.port")
            }
            #expect(try await port([], [:]) == "1")
            #expect(try await port([], ["REKEYD_LISTEN_PORT": "2"]) == "2")
            #expect(
                try await port(["--listen-port", "3"], ["REKEYD_LISTEN_PORT": "2"]) == "3")
            let settings = try await Settings.load(file: file, flags: [], environment: [:])
            #expect(settings.string("letters.institution") == "FILE")
            #expect(settings.string("listen.host") == "127.0.0.1")
        }
    }

    @Test("A list by flag or variable wins over the file's, too")
    func lists() async throws {
        try await withFile(#"{ "policy": { "sms-countries": ["DE", "CH"] } }"#) {
            (file) async throws in
            func countries(
                _ flags: [String], _ environment: [String: String]
            ) async throws -> String {
                try await Settings.load(file: file, flags: flags, environment: environment)
                    .string("policy.sms-countries")
            }
            let variable = ["REKEYD_POLICY_SMS_COUNTRIES": "FR,BE"]
            #expect(try await countries([], [:]) == "DE,CH")
            #expect(try await countries([], variable) == "FR,BE")
            #expect(try await countries(["--policy-sms-countries", "FR,RE"], variable) == "FR,RE")
        }
    }

    @Test("Every setting can be given by flag, variable and file", arguments: Setting.all)
    func everyWay(_ setting: Setting) async throws {
        let byFlag = try await Settings.load(
            file: nil, flags: [setting.flag, "x"], environment: [:])
        #expect(byFlag.string(setting.key) == "x")
        let byVariable = try await Settings.load(
            file: nil, flags: [], environment: [setting.variable: "x"])
        #expect(byVariable.string(setting.key) == "x")
        let parts = setting.key.split(separator: ".")
        try await withFile(#"{ "\#(parts[0])": { "\#(parts[1])": "x" } }"#) { file in
            let byFile = try await Settings.load(file: file, flags: [], environment: [:])
            #expect(byFile.string(setting.key) == "x")
        }
    }

    @Test(
        "A file says true, a number or a list as JSON has them",
        arguments: [
            ("listen.plaintext-on-loopback", "true", "true"),
            ("listen.plaintext-on-loopback", "false", "false"), ("listen.port", "20", "20"),
            ("policy.sms-countries", #"["FR", "BE"]"#, "FR,BE"), ("log.level", #""info""#, "info"),
        ])
    func types(_ key: String, _ json: String, _ text: String) async throws {
        let parts = key.split(separator: ".")
        try await withFile(#"{ "\#(parts[0])": { "\#(parts[1])": \#(json) } }"#) { file in
            let settings = try await Settings.load(file: file, flags: [], environment: [:])
            #expect(settings.string(key) == text)
        }
    }

    @Test(
        "What is no value of a setting is refused with the file, the key and what it must be",
        arguments: ["null", "{}", "[1]", "20.5", "[[]]", #"{ "port": 1 }"#, "1e99"])
    func noValues(_ json: String) async throws {
        try await withFile(#"{ "listen": { "port": \#(json) } }"#) { file in
            let failure = await failure {
                _ = try await Settings.load(file: file, flags: [], environment: [:])
            }
            #expect(failure?.code == Failure.wrongSetting)
            #expect(
                failure?.message
                    == "\(file): listen.port must be a text, a whole number, true or false, or a list "
                    + "of texts")
        }
    }

    @Test(
        "A group that there is not, and a key that is there twice, are refused by name",
        arguments: [
            (#"{ "listne": {} }"#, "unknown setting listne"),
            (#"{ "listen": null }"#, "unknown setting listen"),
            (#"{ "listen.port": 1, "listen": { "port": 2 } }"#, "listen.port is there twice"),
            ("[]", "is not a JSON object"), ("{", "is not a JSON object"),
        ])
    func groups(_ json: String, _ problem: String) async throws {
        try await withFile(json) { file in
            let failure = await failure {
                _ = try await Settings.load(file: file, flags: [], environment: [:])
            }
            #expect(failure?.code == Failure.wrongSetting)
            #expect(failure?.message.contains(problem) == true)
        }
    }

    @Test(
        "R77: a caller is told a name that the server's certificate bears and that reaches it",
        arguments: [
            ("127.0.0.1", ["localhost", "127.0.0.1", "::1"], "localhost"),
            ("127.0.0.1", ["localhost", "rekey.exemple.fr"], "localhost"),
            ("127.0.0.1", ["rekey.exemple.fr"], "rekey.exemple.fr"),
            ("127.0.0.1", ["127.0.0.1"], "127.0.0.1"),
            ("0.0.0.0", ["localhost", "127.0.0.1", "::1"], nil),
            ("::", [], nil),
            ("0.0.0.0", ["localhost", "127.0.0.1", "10.0.0.7"], "10.0.0.7"),
            ("10.0.0.7", ["rekey.exemple.fr", "10.0.0.7"], "10.0.0.7"),
            ("10.0.0.7", ["localhost", "rekey.exemple.fr"], "rekey.exemple.fr"),
            ("10.0.0.7", ["localhost"], nil),
        ] as [(String, [String], String?)])
    func host(_ listening: String, _ names: [String], _ host: String?) {
        #expect(Settings.host(listening: listening, named: names) == host)
    }

    @Test("A misspelled setting is an error wherever it stands")
    func unknown() async throws {
        let flag = await failure {
            _ = try await Settings.load(file: nil, flags: ["--listen-prot", "1"], environment: [:])
        }
        #expect(flag?.code == Failure.usage)
        #expect(flag?.message.contains("--listen-prot") == true)
        let variable = await failure {
            _ = try await Settings.load(
                file: nil, flags: [], environment: ["REKEYD_LISTEN_PROT": "1"])
        }
        #expect(variable?.message.contains("REKEYD_LISTEN_PROT") == true)
        try await withFile(#"{ "listen": { "prot": 1 } }"#) { file in
            let key = await failure {
                _ = try await Settings.load(file: file, flags: [], environment: [:])
            }
            #expect(key?.message.contains("listen.prot") == true)
        }
        let missing = await failure {
            _ = try await Settings.load(file: "/nowhere/rekeyd.json", flags: [], environment: [:])
        }
        #expect(missing?.code == Failure.wrongSetting)
    }

    @Test(
        "R80: what is never accepted, and what only by name",
        arguments: [
            ("policy.link-life", "25h", [String](), false),
            ("policy.link-life", "24h", [], true),
            ("policy.link-life", "soon", [], false),
            ("policy.code-life", "11min", [], false),
            ("policy.code-life", "11min", ["policy.allow-long-code"], true),
            ("policy.password-min", "14", [], false),
            ("policy.password-min", "14", ["policy.allow-short-password"], true),
            ("policy.password-min", "7", ["policy.allow-short-password"], false),
            ("policy.contact-hold", "59min", [], false),
            ("policy.contact-hold", "168h", [], true),
            ("policy.contact-hold", "169h", [], false),
            ("policy.session-idle", "2h", [], false),
            ("policy.session-life", "25h", [], false),
            ("policy.request-spacing", "61min", [], false),
            ("policy.request-spacing", "0s", [], true),
            ("policy.block-first", "0s", [], false),
            ("policy.block-first", "31min", [], false),
            ("policy.block-max", "25h", [], false),
            ("policy.sms-countries", "FR,RE, BE", [], true),
            ("policy.sms-countries", "fr", [], false),
            ("policy.sms-countries", "FR,XX", [], false),
            ("policy.sms-countries", "", [], false),
        ])
    func bounds(_ key: String, _ value: String, _ overrides: [String], _ isAccepted: Bool)
        async throws
    {
        let setting = try #require(Setting.named(key))
        let flags = overrides.compactMap(Setting.named).flatMap { [$0.flag, "true"] }
        let settings = try await Settings.load(
            file: nil, flags: [setting.flag, value] + flags, environment: [:])
        let failure = await failure { _ = try settings.policy() }
        #expect((failure == nil) == isAccepted)
        if !isAccepted { #expect(failure?.message.hasPrefix(key) == true) }
        #expect(try settings.overrides() == overrides)
    }

    @Test(
        "R80: a number beyond its bounds is refused with its name, value and bound",
        arguments: 0..<17)
    func numbers(_ index: Int) async throws {
        let number = Policy.numbers[index]
        let setting = try #require(Setting.named(number.setting))
        let (low, high) = (number.range.lowerBound, number.range.upperBound)
        for value in ["\(low - 1)", "\(high + 1)", "many", ""] {
            let settings = try await Settings.load(
                file: nil, flags: [setting.flag, value], environment: [:])
            let failure = await failure { _ = try settings.policy() }
            #expect(
                failure?.message
                    == "\(setting.key) is \"\(value)\": it must be a number from \(low) to \(high)")
        }
        let set = try await Settings.load(
            file: nil, flags: [setting.flag, "\(high)"], environment: [:])
        #expect(try set.policy()[keyPath: number.value] == high)
        #expect(setting.help.hasSuffix("\(low) to \(high)."))
    }

    @Test("R86: as many passwords are hashed at once as there are processors, and 32 wait")
    func hashing() async throws {
        let settings = try await Settings.load(file: nil, flags: [], environment: [:])
        #expect(try settings.hashingThreads() == HashingPool.processorCount)
        #expect(try settings.policy().hashingQueueMax == 32)
        let set = try await Settings.load(
            file: nil, flags: ["--hashing-threads", "3", "--hashing-queue", "7"], environment: [:])
        #expect(try set.hashingThreads() == 3)
        #expect(try set.policy().hashingQueueMax == 7)
        let many = try await Settings.load(
            file: nil, flags: ["--hashing-threads", "257"], environment: [:])
        let failure = await failure { _ = try many.hashingThreads() }
        #expect(
            failure?.message
                == "hashing.threads is \"257\": it must be a number from 0 to 256")
    }

    @Test(
        "R80, R86: what hashing may cost is refused beyond its bounds, and no override changes that",
        arguments: [
            ("hashing.memory-mib", "18", "19 to 1024"),
            ("hashing.memory-mib", "1025", "19 to 1024"),
            ("hashing.passes", "1", "2 to 10"), ("hashing.passes", "11", "2 to 10"),
            ("hashing.queue", "0", "1 to 10000"), ("hashing.queue", "10001", "1 to 10000"),
        ])
    func hashingBounds(_ key: String, _ value: String, _ bounds: String) async throws {
        let setting = try #require(Setting.named(key))
        let overrides = Setting.all.filter {
            $0.key.contains(".allow-") || $0.key.contains(".accept-")
        }
        #expect(overrides.count == 4)
        let settings = try await Settings.load(
            file: nil, flags: [setting.flag, value] + overrides.flatMap { [$0.flag, "true"] },
            environment: [:])
        let failure = await failure { _ = try settings.policy() }
        #expect(failure?.code == Failure.wrongSetting)
        #expect(
            failure?.message == "\(key) is \"\(value)\": it must be a number from \(bounds)")
    }

    @Test("The defaults are the policy's own, and the guide's letterhead")
    func defaults() async throws {
        let settings = try await Settings.load(file: nil, flags: [], environment: [:])
        #expect(try settings.policy() == Policy())
        #expect(try settings.letterhead().institution == "CREDIT MUNICIPAL DE PARIS")
    }

    @Test("R15: the link's base must be https")
    func linkBase() async throws {
        let settings = try await Settings.load(
            file: nil, flags: ["--letters-link-base", "http://exemple.fr"], environment: [:])
        let failure = await failure { _ = try settings.letterhead() }
        #expect(failure?.message.contains("letters.link-base") == true)
    }

    @Test("A path is relative to the file that it is in")
    func paths() async throws {
        try await withFile("{}") { file in
            let folder = URL(fileURLWithPath: file).deletingLastPathComponent().path
            let settings = try await Settings.load(
                file: file, flags: ["--keys-file", "/etc/keys"], environment: [:])
            #expect(settings.path("data.directory") == "\(folder)/data")
            #expect(settings.path("keys.file") == "/etc/keys")
        }
    }
}
