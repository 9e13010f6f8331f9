import ArgumentParser
import RekeyClient

/// The options that every call takes.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Where rekeyd listens; several stand in for each other. \
            (env: REKEY_SERVER, with commas; default: \(Self.standardServer))
            """, valueName: "host:port"))
    var server: [String] = []

    @Flag(
        help: """
            Speak without TLS, which never leaves this machine. \
            (env: REKEY_PLAINTEXT_ON_LOOPBACK=true)
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
        guard plaintextOnLoopback || environment["REKEY_PLAINTEXT_ON_LOOPBACK"] == "true" else {
            throw .usage(
                "this version has no TLS yet, and plaintext is spoken only when asked for",
                advice: "add --plaintext-on-loopback, or set REKEY_PLAINTEXT_ON_LOOPBACK=true")
        }
        do throws(ClientError) {
            var servers: [ServerAddress] = []
            for text in named(environment) { servers.append(try .plaintextOnLoopback(text)) }
            return servers
        } catch {
            throw CommandError(error)
        }
    }

    private func named(_ environment: [String: String]) -> [String] {
        guard server.isEmpty else { return server }
        return (environment["REKEY_SERVER"] ?? Self.standardServer)
            .split(separator: ",", omittingEmptySubsequences: false)
            .map { String($0.trimmingPrefix { $0 == " " }) }
    }
}
