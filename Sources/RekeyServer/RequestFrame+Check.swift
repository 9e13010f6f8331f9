import Logging
import RekeyCore
import RekeyWire

extension RequestFrame {
    /// What every call is held to, whatever its method.
    func check() throws(Refusal) {
        if idempotencyKey.count > WireLimits.idempotencyKeyBytesMax, ProtocolTooth.keyLength.holds {
            throw .field("idempotency_key", "at most \(WireLimits.idempotencyKeyBytesMax) bytes")
        }
        if !traceContext.isEmpty, trace == nil, ProtocolTooth.traceContext.holds {
            throw .field("trace_context", "a W3C traceparent, or empty")
        }
    }

    /// The trace context (P4.8); nil when there is none, or none that may stand in a log.
    var trace: String? {
        guard !traceContext.isEmpty,
            traceContext.withUTF8({ $0.count <= WireLimits.traceContextBytesMax })
        else { return nil }
        let text = traceContext.text
        return text.isPlainText ? text : nil
    }

    /// For log lines about the call.
    var metadata: Logger.Metadata {
        .call(Endpoint.find(method)?.name ?? "unknown", trace: trace)
    }
}

extension Logger.Metadata {
    static func call(_ method: String, trace: String?) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["method": "\(method)"]
        metadata["trace"] = trace.map { "\($0)" }
        return metadata
    }
}
