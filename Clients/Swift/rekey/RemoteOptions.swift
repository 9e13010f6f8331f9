import ArgumentParser
import RekeyClient

/// The options that every call takes.
struct RemoteOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where rekeyd listens. (env: REKEY_SERVER; default: \(Self.standardServer))",
            valueName: "host:port"))
    var server: String?

    @Flag(
        help: """
            Speak without TLS, which never leaves this machine. \
            (env: REKEY_PLAINTEXT_ON_LOOPBACK=true)
            """)
    var plaintextOnLoopback = false

    @Flag(help: "Print the reply, and errors, as one line of JSON.")
    var json = false

    @Option(help: ArgumentHelp("How long to wait for a reply, at most 30.", valueName: "seconds"))
    var timeout = 10.0

    static let standardServer = "127.0.0.1:7350"

    func validate() throws {
        guard timeout >= 0.001, timeout <= 30 else {
            throw ValidationError("--timeout is a number of seconds from 0.001 to 30.")
        }
    }

    func address(_ environment: [String: String]) throws(CommandError) -> ServerAddress {
        guard plaintextOnLoopback || environment["REKEY_PLAINTEXT_ON_LOOPBACK"] == "true" else {
            throw .usage(
                "this version has no TLS yet, and plaintext is spoken only when asked for",
                advice: "add --plaintext-on-loopback, or set REKEY_PLAINTEXT_ON_LOOPBACK=true")
        }
        do throws(ClientError) {
            return try .plaintextOnLoopback(
                server ?? environment["REKEY_SERVER"] ?? Self.standardServer)
        } catch {
            throw CommandError(error)
        }
    }
}
