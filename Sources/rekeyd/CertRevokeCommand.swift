import ArgumentParser
import RekeyAccess

/// `rekeyd cert revoke`: takes certificates back before their end.
struct CertRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Take back a caller's certificates.",
        discussion: """
            All that a caller has, or one by its SHA-256. The caller stays known: 'rekeyd cert renew' \
            gives it a new certificate. Who shall not come back at all is taken out of tls/callers.json \
            as well.
            """)

    @OptionGroup var options: CertOptions

    @Argument(help: "A caller's name, or a certificate's SHA-256.")
    var certificate: String

    func run() async throws {
        let settings = try await options.settings()
        let revoked: [Fingerprint]
        do {
            revoked = try options.registry(settings).revoke(certificate)
        } catch {
            throw Failure(error)
        }
        guard !revoked.isEmpty else { return print("It was revoked already.") }
        for fingerprint in revoked { print("Revoked \(fingerprint)") }
        print("A running server lets it in until it is told: kill -HUP its process.")
    }
}
