import ArgumentParser
import Glibc
import RekeyClient

/// The options that every call takes.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The profile: where the servers are, and the certificate that you show them. \
            (env: REKEY_PROFILE; default: $XDG_CONFIG_HOME/rekey or ~/.config/rekey)
            """, valueName: "folder"))
    var profile: String?

    @Option(
        help: ArgumentHelp(
            """
            Where rekeyd listens, in place of what the profile says; several stand in for each \
            other. (env: REKEY_SERVER, with commas)
            """, valueName: "host:port"))
    var server: [String] = []

    @Flag(
        help: """
            Speak without TLS, which never leaves this machine; to \(Self.standardServer) unless a \
            server is named. (env: REKEY_PLAINTEXT_ON_LOOPBACK=true)
            """)
    var plaintextOnLoopback = false

    @Flag(help: "Print the reply, and errors, as one line of JSON.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "How long a call may take with its repeats, at most 30.", valueName: "seconds"))
    var timeout = 10.0

    static let standardServer = "127.0.0.1:7350"

    func validate() throws {
        guard timeout >= 0.001, timeout <= 30 else {
            throw ValidationError("--timeout is a number of seconds from 0.001 to 30.")
        }
    }

    func servers(_ environment: [String: String]) throws(CommandError) -> [ServerAddress] {
        let named = named(environment)
        do throws(ClientError) {
            if try isPlaintext(environment) {
                var servers: [ServerAddress] = []
                for text in named ?? [Self.standardServer] {
                    servers.append(try .plaintextOnLoopback(text))
                }
                return servers
            }
            return try ClientProfile(folder: try folder(environment), servers: named).servers
        } catch {
            throw CommandError(error)
        }
    }

    /// A profile that is named as an option goes before what the environment says.
    private func isPlaintext(_ environment: [String: String]) throws(ClientError) -> Bool {
        guard profile != nil else {
            return plaintextOnLoopback || environment["REKEY_PLAINTEXT_ON_LOOPBACK"] == "true"
        }
        guard !plaintextOnLoopback else {
            throw ClientError(
                .addressInvalid,
                "--profile asks for TLS and --plaintext-on-loopback for none; name one")
        }
        return false
    }

    /// The profile: the one that is named, or the one at the place that XDG names (XDG Base Directory
    /// Specification, $XDG_CONFIG_HOME).
    private func folder(_ environment: [String: String]) throws(ClientError) -> String {
        if let named = profile ?? environment["REKEY_PROFILE"], !named.isEmpty { return named }
        let standard =
            if let config = environment["XDG_CONFIG_HOME"], config.utf8.first == UInt8(ascii: "/") {
                "\(config)/rekey"
            } else { environment["HOME"].map { "\($0)/.config/rekey" } }
        guard let standard, access(standard, F_OK) == 0 else {
            throw ClientError(
                .profileInvalid,
                "no profile\(standard.map { " in \($0)" } ?? ""): 'rekeyd init' makes one for the first "
                    + "operator, 'rekeyd cert issue' for others; --profile FOLDER names one")
        }
        return standard
    }

    private func named(_ environment: [String: String]) -> [String]? {
        guard server.isEmpty else { return server }
        return environment["REKEY_SERVER"]?
            .split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.trimmingPrefix { $0 == " " }) }
    }
}
