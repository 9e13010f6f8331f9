import Foundation
import Logging
import RekeyCore

/// Log lines on standard error: UTC time, level, message, key=value. One event is one line, whatever
/// is in it (R71).
struct LineLogHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .info

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = metadata.merging(event.metadata ?? [:]) { $1 }
            .sorted { $0.key < $1.key }
            .map { " \($0.key)=\(Self.quoted("\($0.value)"))" }
            .joined()
        let time = Date.now.formatted(Self.time)
        LogSink.standardError.write(
            "\(time) \(event.level) \(Self.escaped("\(event.message)"))\(fields)")
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// Bare when it is one word, in quotes otherwise.
    static func quoted(_ value: String) -> String {
        let isWord =
            !value.isEmpty
            && value.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && scalar.isPlain && !" \"=\\".unicodeScalars.contains(scalar)
            }
        return isWord ? value : "\"\(escaped(value))\""
    }

    /// What could end a line, steer a terminal or end a quotation, by its code point.
    static func escaped(_ text: String) -> String {
        var safe = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": safe += "\\\(scalar)"
            case _ where scalar.isPlain: safe.unicodeScalars.append(scalar)
            default: safe += "\\u{\(String(scalar.value, radix: 16))}"
            }
        }
        return safe
    }
}
