import Dispatch
import Logging
import RekeyStore
import ServiceLifecycle

/// Holds the store open until everything that uses it has ended, then closes it cleanly.
struct StoreService: ServiceLifecycle.Service {
    let store: EmbeddedStore
    let logger: Logger

    func run() async throws {
        try? await gracefulShutdown()
        await withCheckedContinuation { continuation in
            // Closing waits for the disk, so not on a thread of the cooperative pool.
            DispatchQueue.global().async {
                do {
                    try store.close()
                    logger.notice("store closed")
                } catch {
                    logger.critical("the store was not closed", metadata: ["error": "\(error)"])
                }
                continuation.resume()
            }
        }
    }
}
