public import CProtobufC
public import RekeyCore

/// A Swift value that has a twin among the generated messages. Conformances are the only place
/// where the two meet, in both directions.
public protocol WireMessage {
    /// The struct that protoc-c generated.
    associatedtype Message

    static var descriptor: UnsafePointer<ProtobufCMessageDescriptor> { get }

    /// From an unpacked message. Throws a refusal that names the field which cannot be used.
    init(_ message: Message) throws(Refusal)

    /// Into a message that is initialized to defaults; what it points to comes from the arena.
    func fill(_ message: inout Message, _ arena: Arena)
}

extension Arena {
    /// Scans, unpacks and converts. Call within a `scope` whose budget is the bytes' own.
    public func decode<Value: WireMessage>(
        _: Value.Type, from bytes: UnsafeRawBufferPointer
    ) throws(Refusal) -> Value {
        do {
            try WireScan.check(bytes, as: Value.descriptor)
        } catch {
            throw Refusal(.bodyInvalid, "the message does not parse: \(error)")
        }
        let unpacked = withAllocator { allocator in
            protobuf_c_message_unpack(
                Value.descriptor, allocator, bytes.count,
                bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        }
        guard let unpacked else {
            throw Refusal(.bodyInvalid, "the message does not parse, or takes too much memory")
        }
        return try Value(
            UnsafeRawPointer(unpacked).assumingMemoryBound(to: Value.Message.self).pointee)
    }

    /// The value's message, packed; the bytes live in the arena.
    public func encode(_ value: some WireMessage) -> UnsafeRawBufferPointer {
        encode(value, prefix: 0)
    }

    /// The same behind so many bytes that the caller fills.
    func encode<Value: WireMessage>(
        _ value: Value, prefix: Int
    ) -> UnsafeRawBufferPointer {
        let message = UnsafeRawPointer(self.message(value))
            .assumingMemoryBound(to: ProtobufCMessage.self)
        let size = protobuf_c_message_get_packed_size(message)
        let bytes = required(prefix + size)
        protobuf_c_message_pack(
            message, bytes.advanced(by: prefix).assumingMemoryBound(to: UInt8.self))
        return UnsafeRawBufferPointer(start: bytes, count: prefix + size)
    }
}
