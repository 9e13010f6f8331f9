import ArgumentParser
import Foundation
import RekeyAccess

/// `rekeyd cert renew`: 90 more days for a caller, or for the server.
struct CertRenewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "renew",
        abstract: "Make a new certificate for somebody who has one, or for the server.",
        discussion: """
            'rekeyd cert renew server' renews the server's own. A caller's new key and certificate \
            replace identity.pem in its profile; where that is elsewhere, a profile is made to be taken \
            there. The certificate before it stays good until its end, or until it is revoked by its \
            SHA-256.
            """)

    @OptionGroup var options: CertOptions

    @Argument(help: "A caller's name, or \"server\".")
    var name: String

    @Option(help: "The caller's profile. Default: NAME beside the configuration.")
    var out: String?

    @Option(
        help: "Where a new profile finds this server, HOST:PORT. Default: from tls.certificate.")
    var server: String?

    func run() async throws {
        let settings = try await options.settings()
        let registry = options.registry(settings)
        let folder = options.profile(name, out)
        do {
            let isMade =
                name != CallerRegistry.server && !FileManager.default.fileExists(atPath: folder)
            try registry.renew(
                name, profile: folder,
                servers: isMade ? [try settings.serverAddress(named: server)] : [])
        } catch let error as AccessError {
            throw Failure(error)
        }
        if name == CallerRegistry.server {
            print("Renewed the server's certificate. Tell a running server: kill -HUP its process.")
        } else {
            print("Renewed \(name): \(folder)/identity.pem holds the new key and certificate.")
        }
    }
}
