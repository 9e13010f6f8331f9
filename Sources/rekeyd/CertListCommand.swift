import ArgumentParser
import RekeyAccess
import RekeyCore
import RekeyServer

/// `rekeyd cert list`: every certificate that was given out.
struct CertListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the certificates that were given out.")

    @OptionGroup var options: CertOptions

    func run() async throws {
        let settings = try await options.settings()
        let now = ServerTLS.now()
        let entries: [CallerRegistry.Entry]
        let server: Identity
        do {
            entries = try options.registry(settings).entries()
            server = try settings.accessFiles.identity()
        } catch {
            throw Failure(error)
        }
        var rows = [["NAME", "ROLE", "ENDS", "STATE", "SHA-256"]]
        rows.append([
            CallerRegistry.server, "-", server.validUntil.day,
            server.validUntil <= now ? "expired" : "good", "-",
        ])
        rows += entries.map { entry in
            [
                entry.name, entry.role?.name ?? "none", entry.validUntil.day,
                entry.isRevoked ? "revoked" : entry.validUntil <= now ? "expired" : "good",
                "\(entry.fingerprint)",
            ]
        }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                index < 4 ? cell + String(repeating: " ", count: widths[index] - cell.count) : cell
            }
            print(cells.joined(separator: "  "))
        }
    }
}
