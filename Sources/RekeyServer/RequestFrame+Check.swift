import Logging
import RekeyCore
import RekeyWire

extension RequestFrame {
    /// What every call is held to, whatever its method.
    func check() throws(Refusal) {
        guard
            idempotencyKey.count <= WireLimits.idempotencyKeyBytesMax
                || !ProtocolTooth.keyLength.holds
        else {
            throw .field(
                "idempotency_key", "at most \(WireLimits.idempotencyKeyBytesMax) bytes")
        }
        guard traceContext.isEmpty || !ProtocolTooth.traceContext.holds else {
            let text = traceContext.text
            guard text.utf8.count <= 128, text.isPlainText else {
                throw .field("trace_context", "a W3C traceparent, or empty")
            }
            return
        }
    }

    /// For log lines about the call.
    var metadata: Logger.Metadata {
        var metadata: Logger.Metadata = [
            "method": "\(Endpoint.find(method)?.name ?? "unknown")"
        ]
        if !traceContext.isEmpty { metadata["trace"] = "\(traceContext.text)" }
        return metadata
    }
}
