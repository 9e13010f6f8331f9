import ArgumentParser
import RekeyAccess
import RekeyCore

/// `rekeyd cert issue`: a new caller, its certificate and its profile.
struct CertIssueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "issue",
        abstract: "Give somebody a certificate and a role.",
        discussion: """
            Makes a profile: a folder with the server's address, the authority to trust, and the \
            caller's certificate and key. Take it to where the caller runs, over a way that nobody else \
            reads; 'rekey' finds it as ~/.config/rekey, or by --profile.
            """)

    @OptionGroup var options: CertOptions

    @Option(help: "One of \(Role.names).")
    var role: String

    @Option(help: "The caller's name: a-z, 0-9, '-' and '.'.")
    var name: String

    @Option(
        help: "The profile's folder; it must not exist. Default: NAME beside the configuration.")
    var out: String?

    @Option(help: "Where the caller finds this server, HOST:PORT. Default: from tls.certificate.")
    var server: String?

    func run() async throws {
        guard let role = Role(name: role) else {
            throw Failure(
                Failure.usage, "there is no role \"\(role)\"; it must be one of \(Role.names)")
        }
        let settings = try await options.settings()
        let registry = options.registry(settings)
        let folder = options.profile(name, out)
        do {
            try registry.issue(
                name, role, profile: folder,
                servers: [try settings.serverAddress(named: server)])
        } catch let error as AccessError {
            throw Failure(error)
        }
        print(
            """
            Made \(folder), the profile of \(role.name) \(name):
              server        where the server is
              ca.pem        the authority that signs the server's certificate
              identity.pem  the key and the certificate, for 90 days: keep it from others

            Use it:
              rekey health --profile \(folder)
            A running server has to be told: kill -HUP its process.
            """)
    }
}
