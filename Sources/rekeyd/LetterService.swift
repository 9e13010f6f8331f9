import RekeyService
import ServiceLifecycle

/// Sends letters until the server stops. What is not sent by then goes out after the next start.
struct LetterService: ServiceLifecycle.Service {
    let dispatcher: LetterDispatcher

    func run() async { await cancelWhenGracefulShutdown { await dispatcher.run() } }
}
