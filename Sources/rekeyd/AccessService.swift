import Logging
import RekeyServer
import ServiceLifecycle
import UnixSignals

/// Reads certificates, callers and revocations again on SIGHUP, and says once a day when the server's
/// certificate ends soon.
struct AccessService: ServiceLifecycle.Service {
    let server: RekeyServer
    /// nil without TLS: then SIGHUP changes nothing, and ends nothing either.
    let tls: ServerTLS?
    let logger: Logger

    func run() async {
        await withGracefulShutdownHandler {
            await withTaskGroup { group in
                group.addTask { await reload() }
                group.addTask { await watch() }
                try? await gracefulShutdown()
                group.cancelAll()
            }
        } onGracefulShutdown: {
        }
    }

    private func reload() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) {
            do {
                try await server.reloadAccess()
                logger.notice("certificates, callers and revocations were read again")
            } catch {
                logger.error(
                    "not read again: everything stays as it was", metadata: ["error": "\(error)"])
            }
        }
    }

    private func watch() async {
        while (try? await Task.sleep(for: .seconds(24 * 3600))) != nil { tls?.warnOfExpiry() }
    }
}
