import ArgumentParser
import Foundation
import RekeyAccess
import RekeyServer

/// `rekeyd cert`: who may call, by certificate.
struct CertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cert",
        abstract: "Give callers certificates, and take them back.",
        discussion: """
            A caller is a person or a service with a certificate and a role:

              service   the flow: RequestReset, ValidateLink, Activate, Login …
              operator  accounts and letters
              auditor   reads what operators see
              monitor   health and status

            A running server reads what changed on SIGHUP; connections that may stay do. Certificates \
            are good for 90 days.
            """,
        subcommands: [
            CertIssueCommand.self, CertListCommand.self, CertRenewCommand.self,
            CertRevokeCommand.self,
        ])
}

/// What every subcommand of `rekeyd cert` begins with.
struct CertOptions: ParsableArguments {
    @Option(help: "The configuration file, as 'rekeyd init' makes it.")
    var config: String

    /// The installation's settings.
    func settings() async throws -> Settings {
        try await Settings.load(
            file: config, flags: [], environment: ProcessInfo.processInfo.environment)
    }

    func registry(_ settings: Settings) -> CallerRegistry {
        CallerRegistry(
            settings.accessFiles, authorityKey: settings.path("tls.authority-key"),
            issued: settings.path("tls.issued"), at: ServerTLS.now())
    }

    /// Where a caller's profile is made: beside the configuration, unless somebody says otherwise.
    func profile(_ name: String, _ out: String?) -> String {
        let folder = URL(fileURLWithPath: config).deletingLastPathComponent()
        return out.map { URL(fileURLWithPath: $0).path } ?? folder.appendingPathComponent(name).path
    }
}
