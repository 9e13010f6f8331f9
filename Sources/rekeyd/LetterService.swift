import RekeyService
import ServiceLifecycle

/// Sends letters until the server stops. What is not sent by then goes out after the next start.
struct LetterService: ServiceLifecycle.Service {
    /// How long a courier that is at work may hold up the stop.
    private static let patience: Duration = .seconds(5)

    let dispatcher: LetterDispatcher

    func run() async {
        let sending = Task { await dispatcher.run() }
        try? await gracefulShutdown()
        sending.cancel()
        // A courier may hang where nothing can reach it: a folder on a dead mount, say. Its letter
        // stays in the outbox.
        let (ended, end) = AsyncStream<Void>.makeStream()
        Task {
            await sending.value
            end.finish()
        }
        Task {
            try? await Task.sleep(for: Self.patience)
            end.finish()
        }
        for await _ in ended {}
    }
}
