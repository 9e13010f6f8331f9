import Logging
import Synchronization

/// What a server has logged, from notices upwards: each a line like "notice a TLS handshake failed
/// peer=127.0.0.1".
final class RecordedLog: Sendable {
    private let recorded = Mutex<[String]>([])

    var lines: [String] { recorded.withLock { $0 } }

    var handler: any LogHandler { Handler(log: self) }

    /// Those that hold `text`.
    func lines(with text: String) -> [String] { lines.filter { $0.contains(text) } }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.notice

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = metadata.merging(event.metadata ?? [:]) { $1 }
                .sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
            log.recorded.withLock { $0.append("\(event.level) \(event.message)\(fields)") }
        }
    }
}
