import RekeyWire

/// A call as every attempt of it is sent.
struct OutgoingCall<Reply: Sendable>: Sendable {
    var method: String
    /// For all attempts together.
    var timeout: Duration
    /// The same for all attempts: it is what makes them one call (P6.3). Empty for none.
    var idempotencyKey: [UInt8]
    var traceContext: String
    var encode: @Sendable (Arena) -> UnsafeRawBufferPointer
    var decode: @Sendable (Arena, UnsafeRawBufferPointer) throws(ClientError) -> Reply
}
