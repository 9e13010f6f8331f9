import Logging
import RekeyServer
import ServiceLifecycle
import UnixSignals

/// Reads certificates, callers and revocations again on SIGHUP, and says once a day when the server's
/// certificate or an authority ends soon.
struct AccessService: ServiceLifecycle.Service {
    let server: RekeyServer
    /// nil without TLS: then SIGHUP changes nothing, and ends nothing either.
    let tls: ServerTLS?
    /// Since before the files were first read, so that none was changed in between unseen.
    let hangups: UnixSignalsSequence
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
        for await _ in hangups {
            do {
                try await server.reloadAccess()
                logger.notice("certificates, callers and revocations were read again")
            } catch let error as ReloadError {
                var stays: Logger.Metadata = [:]
                stays["certificate and authorities"] = error.identity.map { "\($0)" }
                stays["callers and revocations"] = error.access.map { "\($0)" }
                logger.error(
                    "not read again: what is named stays as it was, the rest was read",
                    metadata: stays)
            } catch {
                logger.error("not read again", metadata: ["error": "\(error)"])
            }
        }
    }

    private func watch() async {
        while (try? await Task.sleep(for: .seconds(24 * 3600))) != nil { tls?.warnOfExpiry() }
    }
}
